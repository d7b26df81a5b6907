package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.Push.BundlePush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.CoreWorld.Rotation;
import dev.credence.server.core.testing.MemoryStore;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Authorities from prepared to revoked, and what hangs on them.
final class AuthoritiesTest {
  private CoreWorld world = world(Duration.ofDays(36_500));

  private static CoreWorld world(Duration rotateAfter) {
    try {
      return CoreWorld.rotating(
          new MemoryStore(), new Rotation(Duration.ofDays(60), rotateAfter, Duration.ofDays(7)));
    } catch (ServerException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    world.close();
  }

  private List<AuthorityView> x509() throws ServerException {
    return world.core.authorities().list().stream()
        .filter(each -> each.record().kind() == AuthorityKind.X509)
        .toList();
  }

  private Id prepare() throws ServerException {
    return world
        .core
        .authorities()
        .prepare()
        .run(CoreWorld.ADMIN, world.request(), AuthorityKind.X509, "test")
        .authority()
        .record()
        .id();
  }

  private AuthorityChange activate(Id id, boolean force) throws ServerException {
    return world
        .core
        .authorities()
        .activate()
        .run(CoreWorld.ADMIN, world.request(), new ActivateAuthority.Asked(id, force, "test"));
  }

  private AuthorityChange taint(Id id) throws ServerException {
    return world.core.authorities().taint().run(CoreWorld.ADMIN, world.request(), id, "test");
  }

  private AuthorityChange revoke(Id id, boolean force) throws ServerException {
    return world
        .core
        .authorities()
        .revoke()
        .run(CoreWorld.ADMIN, world.request(), new RevokeAuthority.Asked(id, force, "test"));
  }

  private AuthorityState state(Id id) throws ServerException {
    return x509().stream()
        .filter(each -> each.record().id().equals(id))
        .findFirst()
        .orElseThrow()
        .record()
        .state();
  }

  private static Id signerOf(X509Certificate leaf, ServerCore core) {
    return core.trust().bundle().bundle().authorities().stream()
        .filter(it -> it.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()))
        .map(Authority::idOf)
        .findFirst()
        .orElseThrow();
  }

  private X509Certificate renewed(Joined node) throws ServerException {
    return world
        .core
        .renewNode()
        .run(
            node.id(),
            world.request(),
            new RenewNode.Asked(node.startId(), Optional.empty()),
            world.csr(node.keys()))
        .chain()
        .getFirst();
  }

  /// Takes all that is there to send, and the last bundle of it.
  private static Optional<TrustBundle> told(Joined node) {
    Optional<TrustBundle> last = Optional.empty();
    Optional<Push> push = node.stream().next();
    while (push.isPresent()) {
      if (push.get() instanceof BundlePush(TrustBundle trust)) {
        last = Optional.of(trust);
      }
      push = node.stream().next();
    }
    return last;
  }

  private static void refused(
      String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(call)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BLOCKED));
  }

  @Test
  void theFirstOneIsActive_andOnlyARecordUntilItChanges() throws Exception {
    var all = x509();
    assertThat(all).hasSize(1);
    assertThat(all.getFirst().record().id()).isEqualTo(world.authority.id());
    assertThat(all.getFirst().record().state()).isEqualTo(AuthorityState.ACTIVE);
    assertThat(world.core.trust().bundle().sequence()).isEqualTo(1);
    assertThat(world.core.trust().pins()).containsExactly(world.authority.pin());
  }

  @Test
  void prepared_isInTheBundleAndInTokens_andDoesNotSign() throws Exception {
    Joined node = world.join(Map.of());
    told(node);

    Id next = prepare();

    TrustBundle trust = told(node).orElseThrow();
    assertThat(trust.sequence()).isEqualTo(2);
    assertThat(trust.bundle().authorities().stream().map(Authority::idOf))
        .containsExactly(world.authority.id(), next);
    assertThat(world.token(Map.of()).pins()).hasSize(2).isEqualTo(world.core.trust().pins());
    assertThat(signerOf(renewed(node), world.core)).isEqualTo(world.authority.id());
    assertThat(world.eventKinds()).contains("authority-prepared");
  }

  @Test
  void prepared_onceForOneRequest() throws Exception {
    var request = world.request();
    var prepare = world.core.authorities().prepare();
    var first = prepare.run(CoreWorld.ADMIN, request, AuthorityKind.X509, "");
    var again = prepare.run(CoreWorld.ADMIN, request, AuthorityKind.X509, "");
    assertThat(again.authority().record()).isEqualTo(first.authority().record());
    assertThat(x509()).hasSize(2);
  }

  @Test
  void prepared_noMoreThanABundleHolds() throws Exception {
    for (int i = 1; i < 8; i++) {
      prepare();
    }
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(this::prepare)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.EXHAUSTED));
    assertThat(world.token(Map.of()).pins()).hasSize(8);
  }

  @Test
  void active_onlyAfterEveryNodeHasAcknowledgedIt() throws Exception {
    Joined one = world.join(Map.of());
    Joined two = world.join(Map.of());
    Id next = prepare();
    one.stream().acknowledged(2);
    two.stream().acknowledged(1);

    refused(
        "1 nodes have not acknowledged a bundle with it: " + two.id(), () -> activate(next, false));
    assertThat(state(next)).isEqualTo(AuthorityState.PREPARED);
    assertThat(world.core.authorities().activate().wouldDo(next).effects().unacknowledged())
        .containsExactly(two.id());

    two.stream().acknowledged(2);
    var change = activate(next, false);

    assertThat(change.effects().replaced()).contains(world.authority.id());
    assertThat(state(next)).isEqualTo(AuthorityState.ACTIVE);
    assertThat(state(world.authority.id())).isEqualTo(AuthorityState.OLD);
    assertThat(signerOf(renewed(one), world.core)).isEqualTo(next);
    assertThat(world.events().getLast().event().what().kind().label()).isEqualTo("node-renewed");
  }

  @Test
  void active_againstNodesThatAreAway_onlyByForce() throws Exception {
    Joined node = world.join(Map.of());
    Id next = prepare();
    node.stream().close();

    refused(node.id().toString(), () -> activate(next, false));
    world.clock.advance(Duration.ofMinutes(5).plusSeconds(1));
    assertThat(activate(next, false).effects().unacknowledged()).isEmpty();

    Joined again = world.connect(node.id(), node.keys(), Id.random(world.random));
    Id third = prepare();
    assertThat(activate(third, true).effects().unacknowledged()).containsExactly(again.id());
    assertThat(state(third)).isEqualTo(AuthorityState.ACTIVE);
  }

  @Test
  void anOldOne_mayBeActivatedAgain() throws Exception {
    Id next = prepare();
    activate(next, false);
    activate(world.authority.id(), false);
    assertThat(state(next)).isEqualTo(AuthorityState.OLD);
    assertThat(state(world.authority.id())).isEqualTo(AuthorityState.ACTIVE);
  }

  @Test
  void theServersOwnSvid_staysWithTheOldestSoundOne_soThatWhoWasAwayKnowsTheServer()
      throws Exception {
    Id next = prepare();
    activate(next, false);
    assertThat(signerOf(world.core.identity().svid().leaf(), world.core))
        .isEqualTo(world.authority.id());

    taint(world.authority.id());

    assertThat(signerOf(world.core.identity().svid().leaf(), world.core)).isEqualTo(next);
    assertThat(world.core.trust().pins()).hasSize(1);
  }

  @Test
  void tainted_isToldWithTheSpread_andItsKeySignsItsListUntilItIsRevoked() throws Exception {
    Joined node = world.join(Map.of());
    Id next = prepare();
    refused("active (expected: old", () -> taint(world.authority.id()));
    refused("prepared (expected: old", () -> taint(next));
    node.stream().acknowledged(2);
    activate(next, false);
    var would = world.core.authorities().taint().wouldDo(world.authority.id());
    assertThat(would.authority().live()).isEqualTo(1);
    assertThat(state(world.authority.id())).isEqualTo(AuthorityState.OLD);

    var change = taint(world.authority.id());

    assertThat(change.effects().renewWithin()).isEqualTo(Duration.ofSeconds(2));
    TrustBundle trust = told(node).orElseThrow();
    assertThat(trust.sequence()).isEqualTo(3);
    assertThat(trust.bundle().authorities()).hasSize(2);
    assertThat(trust.taint().authorities()).containsExactly(world.authority.certificate());
    assertThat(world.core.revocationLists().of(world.authority.id())).isPresent();
    revoke(world.authority.id(), true);
    assertThat(world.core.revocationLists().of(world.authority.id())).isEmpty();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            world.authorities.keys().load(CoreWorld.TRUST_DOMAIN, world.authority.certificate()));
    refused("revoked (expected: prepared or old)", () -> activate(world.authority.id(), true));
  }

  @Test
  void revoked_notWhileALiveCertificateHangsOnIt() throws Exception {
    Joined node = world.join(Map.of());
    Id first = world.authority.id();
    refused("active (expected: prepared, old or tainted)", () -> revoke(first, true));
    Id next = prepare();
    node.stream().acknowledged(2);
    activate(next, false);
    taint(first);

    refused("1 live certificates hang on it: node " + node.id(), () -> revoke(first, false));
    assertThat(world.core.authorities().revoke().wouldDo(first).effects().examples()).hasSize(1);
    var _ = renewed(node);
    told(node);
    revoke(first, false);

    assertThat(state(first)).isEqualTo(AuthorityState.REVOKED);
    TrustBundle trust = told(node).orElseThrow();
    assertThat(trust.sequence()).isEqualTo(4);
    assertThat(trust.bundle().authorities().stream().map(Authority::idOf)).containsExactly(next);
    refused("revoked (expected", () -> revoke(first, true));
  }

  @Test
  void revoked_byForce_takesWhatHangsOnItAlong_andTheEventSaysSo() throws Exception {
    Joined node = world.join(Map.of());
    Id next = prepare();
    node.stream().acknowledged(2);
    activate(next, false);

    revoke(world.authority.id(), true);

    assertThat(signerOf(world.core.identity().svid().leaf(), world.core)).isEqualTo(next);
    var details = world.events().getLast().event().what().details();
    assertThat(details)
        .containsEntry("old-state", "old")
        .containsEntry("new-state", "revoked")
        .containsEntry("forced", "true")
        .containsEntry("live", "1")
        .containsEntry("reason", "test");
  }

  @Test
  void revoked_whenItsCertificatesHaveExpired() throws Exception {
    var _ = world.join(Map.of());
    Id next = prepare();
    activate(next, true);
    world.clock.advance(Duration.ofHours(25));
    assertThat(revoke(world.authority.id(), false).authority().live()).isZero();
  }

  @Test
  void aRestart_findsEveryStateAgain() throws Exception {
    Id second = prepare();
    activate(second, false);
    taint(world.authority.id());
    Id third = prepare();
    long sequence = world.core.trust().bundle().sequence();
    world.core.close();

    try (ServerCore again = world.restarted()) {
      assertThat(
              again.authorities().list().stream()
                  .filter(each -> each.record().kind() == AuthorityKind.X509)
                  .map(each -> each.record().state()))
          .containsExactly(AuthorityState.TAINTED, AuthorityState.ACTIVE, AuthorityState.PREPARED);
      assertThat(again.trust().bundle().sequence()).isEqualTo(sequence);
      assertThat(again.trust().bundle().taint().authorities()).hasSize(1);
      assertThat(signerOf(again.identity().svid().leaf(), again)).isEqualTo(second);
      var asked = new ActivateAuthority.Asked(third, true, "");
      again.authorities().activate().run(CoreWorld.ADMIN, world.request(), asked);
    }
  }

  @Test
  void byAge_preparedInTime_activatedWhenKnown_revokedWhenExpired() throws Exception {
    world.close();
    world = world(Duration.ofDays(30));
    Id first = world.authority.id();
    world.ticker.tick();
    assertThat(x509()).hasSize(1);

    world.clock.advance(Duration.ofDays(23));
    world.ticker.tick();
    assertThat(states()).containsExactly(AuthorityState.ACTIVE, AuthorityState.PREPARED);
    Joined node = world.join(Map.of());
    world.clock.advance(Duration.ofDays(6));
    world.ticker.tick();
    assertThat(state(first)).isEqualTo(AuthorityState.ACTIVE);

    world.clock.advance(Duration.ofDays(1));
    world.ticker.tick();
    assertThat(state(first)).as("the node has not acknowledged").isEqualTo(AuthorityState.ACTIVE);
    node.stream().acknowledged(2);
    world.ticker.tick();
    assertThat(states()).containsExactly(AuthorityState.OLD, AuthorityState.ACTIVE);

    node.stream().close();
    world.clock.advance(Duration.ofDays(30));
    world.ticker.tick();
    assertThat(states().getFirst()).isEqualTo(AuthorityState.REVOKED);
    assertThat(world.core.trust().bundle().bundle().authorities())
        .noneMatch(it -> Authority.idOf(it).equals(first));
  }

  @Test
  void byAge_atLastAgainstNodesThatDoNotAnswer() throws Exception {
    world.close();
    world = world(Duration.ofDays(30));
    var node = world.join(Map.of());
    world.clock.advance(Duration.ofDays(58));
    world.ticker.tick();
    world.clock.advance(Duration.ofHours(25));
    world.ticker.tick();
    assertThat(node.stream().acknowledged()).isZero();
    assertThat(states()).containsExactly(AuthorityState.OLD, AuthorityState.ACTIVE);
  }

  private List<AuthorityState> states() throws ServerException {
    return x509().stream().map(each -> each.record().state()).toList();
  }
}

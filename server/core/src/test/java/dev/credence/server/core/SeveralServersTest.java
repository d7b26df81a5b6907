package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.DecideNode.Wanted;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.SharedMemory;
import dev.credence.server.core.testing.ToldNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two servers on one database, each with its own keys.
final class SeveralServersTest {
  private final SharedMemory database = new SharedMemory();
  private CoreWorld one;
  private SharedMemory.Member storeOfTwo;
  private CoreWorld two;

  @BeforeEach
  void begin() throws Exception {
    storeOfTwo = database.join();
    one = CoreWorld.dev(storeOfTwo);
    two = one; // until it joins
    var _ = one.owner("finance");
  }

  @AfterEach
  void end() {
    if (!two.equals(one)) {
      two.close();
    }
    one.close();
    database.close();
  }

  private void joinSecond() throws ServerException {
    storeOfTwo = database.join();
    two = CoreWorld.dev(storeOfTwo);
  }

  private void pass(Duration time) {
    one.clock.advance(time);
    if (!two.equals(one)) {
      two.clock.advance(time);
    }
  }

  private List<AuthorityState> statesOf(CoreWorld world, AuthorityKind kind)
      throws ServerException {
    return one.core.authorities().list().stream()
        .map(AuthorityView::record)
        .filter(it -> it.server().equals(world.authority.id()) && it.kind() == kind)
        .map(it -> it.state())
        .toList();
  }

  private static Id prepare(CoreWorld world) throws ServerException {
    return world
        .core
        .authorities()
        .prepare()
        .run(CoreWorld.ADMIN, world.request(), AuthorityKind.X509, "test")
        .authority()
        .record()
        .id();
  }

  private static void activate(CoreWorld world, Id id) throws ServerException {
    var asked = new ActivateAuthority.Asked(id, false, "test");
    var _ = world.core.authorities().activate().run(CoreWorld.ADMIN, world.request(), asked);
  }

  private static void taint(CoreWorld world, Id id) throws ServerException {
    var _ = world.core.authorities().taint().run(CoreWorld.ADMIN, world.request(), id, "test");
  }

  private static void decide(CoreWorld world, Id node, Decision decision) throws ServerException {
    var wanted = new Wanted(decision, node.toString(), "test");
    var _ = world.core.decideNode().run(CoreWorld.ADMIN, world.request(), wanted);
  }

  private static IssuedSvid open(CoreWorld world, ToldNode node, SubjectView agent)
      throws ServerException {
    return world
        .core
        .openExecution()
        .run(
            node.id(),
            world.request(),
            new OpenExecution.Asked(
                node.node().startId(),
                agent.registrations().getFirst().id(),
                agent.subject().revision(),
                CoreWorld.attestation(world.process(), "unix:uid:1000")),
            world.csr());
  }

  private static Id signerOf(IssuedSvid svid, CoreWorld world) {
    return world.core.trust().bundle().bundle().authorities().stream()
        .filter(it ->
            it.getSubjectX500Principal().equals(svid.chain().getFirst().getIssuerX500Principal()))
        .map(Authority::idOf)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aServerThatJoins_signsOnlyWhenEveryNodeThatServesKnowsIt() throws Exception {
    ToldNode node = ToldNode.at(one);
    joinSecond();
    assertThat(statesOf(two, AuthorityKind.X509)).containsExactly(AuthorityState.PREPARED);
    assertThat(statesOf(two, AuthorityKind.JWT)).containsExactly(AuthorityState.PREPARED);
    two.ticker.tick();
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> two.join(Map.of()))
        .withMessageContaining(two.authority.id() + " of this server is not known to every node")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));

    // The first one hands it out, with the key of its tokens.
    long sequence =
        node.acknowledge(push ->
            push.trust().bundle().authorities().size() == 2
                && push.trust().jwt().keys().size() == 2);
    assertThat(sequence).isEqualTo(two.core.trust().bundle().sequence());
    two.ticker.tick();

    assertThat(statesOf(two, AuthorityKind.X509)).containsExactly(AuthorityState.ACTIVE);
    assertThat(statesOf(two, AuthorityKind.JWT)).containsExactly(AuthorityState.ACTIVE);
    SubjectView agent = one.create(CoreWorld.newAgentWithJwt("finance", "bot", "unix:uid:1000"));
    ToldNode other = ToldNode.at(two);
    other.await(Push.RegistryPush.class, push -> push.number() >= agent.subject().revision());
    assertThat(signerOf(open(two, other, agent), two)).isEqualTo(two.authority.id());
    assertThat(signerOf(open(one, node, agent), one)).isEqualTo(one.authority.id());
    assertThat(two.core.trust().pins())
        .containsExactlyInAnyOrderElementsOf(one.core.trust().pins());
  }

  @Test
  void aServerThatJoins_doesNotWaitForNodesThatAreGone() throws Exception {
    ToldNode node = ToldNode.at(one);
    node.stream().close();
    pass(Duration.ofMinutes(5).plus(ServerPresence.CLOCKS_APART).plusSeconds(1));
    joinSecond();
    two.clock.advance(Duration.ofMinutes(5).plus(ServerPresence.CLOCKS_APART).plusSeconds(1));
    one.ticker.tick();
    two.ticker.tick();
    assertThat(statesOf(two, AuthorityKind.X509)).containsExactly(AuthorityState.ACTIVE);
  }

  @Test
  void activation_waitsForNodesThatAreConnectedElsewhere() throws Exception {
    joinSecond();
    two.ticker.tick();
    ToldNode node = ToldNode.at(two);
    Id next = prepare(one);
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> activate(one, next))
        .withMessageContaining(node.id().toString())
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BLOCKED));
    long sequence = one.core.trust().bundle().sequence();
    node.acknowledge(push -> push.trust().sequence() == sequence);
    activate(one, next);
    assertThat(statesOf(one, AuthorityKind.X509))
        .containsExactly(AuthorityState.OLD, AuthorityState.ACTIVE);
    // What a node's daemon has it keeps, wherever it goes next.
    node.stream().close();
    var back = ToldNode.at(one, node.node(), node.node().startId());
    assertThat(back.stream().acknowledged()).isZero();
    activate(one, one.authority.id());
  }

  @Test
  void whatIsNotSentCannotBeAcknowledged() throws Exception {
    ToldNode node = ToldNode.at(one);
    node.stream().acknowledged(1_000_000);
    Id next = prepare(one);
    assertThatExceptionOfType(ServerException.class).isThrownBy(() -> activate(one, next));
  }

  @Test
  void aNodeTakenOutOfServiceAtOne_isCutOffAtTheOther() throws Exception {
    joinSecond();
    two.ticker.tick();
    for (Decision decision : List.of(Decision.SUSPEND, Decision.EVICT, Decision.BAN)) {
      ToldNode node = ToldNode.at(two);
      assertThat(one.core.queries().node(node.id().toString()).connectedTo())
          .contains(two.authority.id());
      decide(one, node.id(), decision);
      assertThat(over(node)).isEqualTo(Push.Cause.SHUT_OUT);
    }
  }

  private static Push.Cause over(ToldNode node) throws InterruptedException {
    return node.await(Push.Over.class, _ -> true).cause();
  }

  @Test
  void barsSetAndLiftedAtOne_areToldByTheOther() throws Exception {
    joinSecond();
    two.ticker.tick();
    SubjectView agent = one.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1000"));
    ToldNode node = ToldNode.at(two);
    IssuedSvid svid = open(two, node, agent);
    var _ =
        one.core
            .revokeExecution()
            .run(CoreWorld.ADMIN, one.request(), svid.execution().toString(), "test");
    node.await(Push.BarsPush.class, push -> push.bars().size() == 1);
    node.await(
        Push.EndedPush.class,
        push -> push.executions().getFirst().execution().equals(svid.execution()));
    var _ = one.core.liftBar().run(CoreWorld.ADMIN, one.request(), svid.execution().toString(), "");
    node.await(Push.BarsPush.class, push -> push.bars().isEmpty());
  }

  @Test
  void anOwnCommit_hidesNoneOfAnother() throws Exception {
    joinSecond();
    two.ticker.tick();
    ToldNode node = ToldNode.at(two);
    node.await(Push.BundlePush.class, _ -> true);
    storeOfTwo.deaf(true);
    Id next = prepare(one);
    decide(one, one.join(Map.of()).id(), Decision.SUSPEND);
    // Its own event has a higher number than those that it has not heard of.
    var _ = two.owner("research");
    storeOfTwo.deaf(false);
    storeOfTwo.hint();
    node.await(
        Push.BundlePush.class,
        push ->
            push.trust().bundle().authorities().stream()
                .anyMatch(it -> Authority.idOf(it).equals(next)));
  }

  @Test
  void aNodeOfTheOther_isNotLostHere_untilTheOtherIsGone_andThenOnce() throws Exception {
    joinSecond();
    two.ticker.tick();
    SubjectView agent = one.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1000"));
    ToldNode node = ToldNode.at(two);
    IssuedSvid svid = open(two, node, agent);
    for (int i = 0; i < 70; i++) {
      pass(NodeLeases.LOOK_EVERY);
      node.stream().renewLease();
      two.ticker.tick();
      one.ticker.tick();
    }
    assertThat(running(svid)).isTrue();
    assertThat(one.core.queries().node(node.id().toString()).connected()).isTrue();

    // The other dies without a word.
    for (int i = 0; i < 62; i++) {
      pass(NodeLeases.LOOK_EVERY);
      one.ticker.tick();
    }
    assertThat(running(svid)).isFalse();
    assertThat(one.core.queries().node(node.id().toString()).connected()).isFalse();
    assertThat(one.eventKinds()).filteredOn("node-lost"::equals).hasSize(1);
  }

  private boolean running(IssuedSvid svid) throws ServerException {
    return one.core.queries().execution(svid.execution().toString()).execution().running();
  }

  @Test
  void aNodeThatMoved_hasOneStream() throws Exception {
    joinSecond();
    two.ticker.tick();
    ToldNode before = ToldNode.at(one);
    ToldNode after = ToldNode.at(two, before.node());
    before.stream().renewLease();
    pass(Duration.ofMinutes(4));
    before.stream().renewLease();
    one.ticker.tick();
    assertThat(over(before)).isEqualTo(Push.Cause.REPLACED);
    before.stream().close();
    two.ticker.tick();
    assertThat(one.core.queries().node(after.id().toString()).connectedTo())
        .contains(two.authority.id());
  }

  @Test
  void anAuthorityOfTheOther_isTaintedAndRevokedHere_andTheOtherFollows() throws Exception {
    joinSecond();
    two.ticker.tick();
    ToldNode node = ToldNode.at(two);
    Id first = two.authority.id();
    Id next = prepare(two);
    node.acknowledge(push -> push.trust().bundle().authorities().size() == 3);
    activate(two, next);
    assertThat(Authority.idOf(signerOfServer(two))).isEqualTo(first);

    taint(one, first);
    node.await(Push.BundlePush.class, push -> push.trust().taint().authorities().size() == 1);
    var asked = new RevokeAuthority.Asked(first, true, "test");
    var _ = one.core.authorities().revoke().run(CoreWorld.ADMIN, one.request(), asked);
    node.await(Push.BundlePush.class, push -> push.trust().bundle().authorities().size() == 2);
    // It is followed in order: what comes after it says that it is done.
    SubjectView agent = one.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1000"));
    node.await(Push.RegistryPush.class, push -> push.number() >= agent.subject().revision());
    assertThat(two.core.revocationLists().of(first)).isEmpty();
    assertThat(Authority.idOf(signerOfServer(two))).isEqualTo(next);
  }

  private static java.security.cert.X509Certificate signerOfServer(CoreWorld world) {
    var issuer = world.core.identity().svid().leaf().getIssuerX500Principal();
    return world.core.trust().bundle().bundle().authorities().stream()
        .filter(it -> it.getSubjectX500Principal().equals(issuer))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theActiveOneOfAServerThatIsGone_isTaintedHere_andIfItComesBackItGetsAnother()
      throws Exception {
    joinSecond();
    two.ticker.tick();
    ToldNode node = ToldNode.at(one);
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> taint(one, two.authority.id()))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BLOCKED));
    storeOfTwo.deaf(true);
    pass(ServerPresence.SILENT);
    taint(one, two.authority.id());
    storeOfTwo.deaf(false);
    storeOfTwo.hint();
    ToldNode atTwo = ToldNode.at(two, node.node());
    atTwo.await(Push.BundlePush.class, push -> push.trust().taint().authorities().size() == 1);
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> two.core.trust().signing())
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    two.ticker.tick();
    atTwo.acknowledge(push -> push.trust().bundle().authorities().size() == 3);
    two.ticker.tick();
    assertThat(statesOf(two, AuthorityKind.X509))
        .containsExactly(AuthorityState.TAINTED, AuthorityState.ACTIVE);
    assertThat(two.core.trust().signing().id()).isNotEqualTo(two.authority.id());
  }

  @Test
  void aJoinToken_namesTheServersThatRun_theOneThatMadeItFirst() throws Exception {
    joinSecond();
    var second = new dev.credence.attestors.join.ServerAddress("b.example.org", 8443);
    assertThat(one.token(Map.of()).servers()).hasSize(1);
    database
        .memory()
        .tamper(tx -> {
          var row = tx.servers().all().getLast();
          tx.servers()
              .update(
                  new dev.credence.server.core.model.ServerRecord(
                      row.id(), row.startId(), second.toString(), row.startedAt(), row.seenAt()));
        });
    assertThat(one.token(Map.of()).servers())
        .containsExactly(one.core.settings().address().get(), second);
    assertThat(enrolment("ada").servers())
        .containsExactly(one.core.settings().address().get(), second);
    pass(ServerPresence.SILENT);
    assertThat(one.token(Map.of()).servers()).hasSize(1);
    assertThat(enrolment("bea").servers()).hasSize(1);
  }

  private dev.credence.attestors.join.JoinToken enrolment(String name) throws ServerException {
    return one.core
        .administration()
        .enroll()
        .run(
            CoreWorld.ADMIN,
            one.request(),
            new EnrollAdministrator.NewAdministrator(
                name,
                "operator",
                List.of(),
                "",
                new EnrollAdministrator.Ttls(Optional.empty(), Optional.empty())),
            "")
        .token()
        .contents();
  }

  @Test
  void onlyTheServerThatHasTheKey_activates() throws Exception {
    joinSecond();
    Id next = prepare(two);
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> activate(one, next))
        .withMessageContaining("its key is server " + two.authority.id() + "'s");
  }

  @Test
  void theListOfAnotherServersAuthority_isHandedOut_asLongAsItIsOfUse() throws Exception {
    joinSecond();
    two.ticker.tick();
    RevocationLists lists = one.core.revocationLists();
    byte[] list = lists.of(two.authority.id()).orElseThrow();
    assertThat(list).isEqualTo(two.core.revocationLists().of(two.authority.id()).orElseThrow());
    pass(RevocationLists.USABLE);
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> lists.of(two.authority.id()))
        .withMessageContaining("signed by server " + two.authority.id())
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    assertThat(lists.of(Id.random(one.random))).isEmpty();
  }

  @Test
  void twoProgramsUnderOneId_theEarlierOneAnswersNothingAnyMore() throws Exception {
    ServerCore copy = one.restarted();
    one.ticker.tick();
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> one.owner("research"))
        .withMessageContaining("another server runs under this one's id")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    assertThat(copy.isAvailable()).isTrue();
    copy.close();
  }

  @Test
  void tokensOfBoth_areTrustedByBoth_andRotateAsCertificatesDo() throws Exception {
    joinSecond();
    two.ticker.tick();
    ToldNode node = ToldNode.at(two);
    Id next =
        one.core
            .authorities()
            .prepare()
            .run(CoreWorld.ADMIN, one.request(), AuthorityKind.JWT, "test")
            .authority()
            .record()
            .id();
    long sequence = node.acknowledge(push -> push.trust().jwt().key(next.toString()).isPresent());
    assertThat(sequence).isEqualTo(one.core.trust().bundle().sequence());
    Id before = one.core.trust().signingJwt().id();
    activate(one, next);
    assertThat(one.core.trust().signingJwt().id()).isEqualTo(next);
    assertThat(two.core.trust().signingJwt().id()).isNotEqualTo(next);
    taint(one, before);
    node.await(
        Push.BundlePush.class,
        push -> push.trust().taint().jwtKeys().equals(List.of(before.toString())));
    var asked = new RevokeAuthority.Asked(before, false, "test");
    var revoke = one.core.authorities().revoke();
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> revoke.run(CoreWorld.ADMIN, one.request(), asked))
        .withMessageContaining("tokens that it signed may be valid until");
    pass(IssueJwtSvid.LONGEST_TTL);
    var _ = revoke.run(CoreWorld.ADMIN, one.request(), asked);
    node.await(Push.BundlePush.class, push -> push.trust().jwt().key(before.toString()).isEmpty());
  }
}

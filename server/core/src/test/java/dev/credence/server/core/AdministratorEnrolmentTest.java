package dev.credence.server.core;

import static dev.credence.server.core.AdministratorWorld.actor;
import static dev.credence.server.core.AdministratorWorld.asked;
import static dev.credence.server.core.AdministratorWorld.firstPage;
import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.testing.CoreWorld;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How administrators on other machines come to their SVIDs, and lose them.
final class AdministratorEnrolmentTest {
  private static final String OTHER_TOKEN = "enrolment token refused";

  private AdministratorWorld admins;
  private CoreWorld world;
  private CoreWorld.Joined node;

  @BeforeEach
  void begin() throws Exception {
    admins = AdministratorWorld.begin();
    world = admins.world;
    node = admins.node;
  }

  @AfterEach
  void end() {
    admins.close();
  }

  @Test
  void token_pinsTheFirstKey_again_forThatKeyOnly() throws Exception {
    EnrolledAdministrator ada = admins.enroll(asked("ada", "operator"));
    KeyPair keys = world.newKeys();
    AdministratorSvid svid = admins.redeem(ada, keys);
    assertThat(svid.spiffeId())
        .isEqualTo(new Identity.Administrator(new Name("ada")).in(CoreWorld.TRUST_DOMAIN));
    assertThat(admins.redeem(ada, keys).administrator()).isEqualTo(svid.administrator());
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> admins.redeem(ada, world.newKeys()));
    assertThat(world.refusals().getLast()).contains("redeemed before by another key, for ada");
    world.clock.advance(Duration.ofMinutes(11));
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> admins.redeem(ada, keys));
  }

  @Test
  void aNodesKeyAndSecret_makeNoAdministrator_norTheOtherWayRound() throws Exception {
    EnrolledAdministrator ada = admins.enroll(asked("ada", "operator"));
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> admins.redeem(ada, node.keys()));
    refused(
        Kind.NOT_ATTESTED,
        "join token refused",
        () ->
            world
                .core
                .attestNode()
                .run(
                    CoreWorld.STRANGER,
                    world.request(),
                    "join_token",
                    ada.token().contents().secret().reveal(),
                    world.csr()));
    byte[] joining = world.token(Map.of()).secret().reveal();
    refused(
        Kind.NOT_ATTESTED,
        OTHER_TOKEN,
        () ->
            admins
                .administration()
                .certificates()
                .redeem(CoreWorld.STRANGER, world.request(), joining, world.csr()));
  }

  @Test
  void newToken_voidsTheOneBefore_andItsKeyTakesThePlaceOfTheOldOne() throws Exception {
    EnrolledAdministrator first = admins.enroll(asked("ada", "operator"));
    KeyPair old = world.newKeys();
    String serial =
        dev.credence.certs.Certificates.serialHex(admins.redeem(first, old).chain().getFirst());
    EnrolledAdministrator second =
        admins
            .administration()
            .enroll()
            .token(CoreWorld.ADMIN, world.request(), "ada", Optional.empty(), "lost");
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> admins.redeem(first, old));
    world.core.queries().as(actor("ada", old)).owners(firstPage());
    KeyPair now = world.newKeys();
    var _ = admins.redeem(second, now);
    world.core.queries().as(actor("ada", now)).owners(firstPage());
    refused(
        Kind.REFUSED,
        "administrator ada: enrolled with another key since (expected: its newest; log in with a"
            + " new token)",
        () -> world.core.queries().as(actor("ada", old)).owners(firstPage()));
    assertThat(admins.revoked()).containsExactly(serial);
  }

  @Test
  void renewal_isForThePinnedKeyOnly_andWhileActive() throws Exception {
    KeyPair keys = world.newKeys();
    var _ = admins.redeem(admins.enroll(asked("ada", "auditor")), keys);
    Actor.Administrator ada = actor("ada", keys);
    var certificates = admins.administration().certificates();
    var renewed = certificates.renew(ada, world.request(), world.csr(keys));
    assertThat(renewed.spiffeId().toString()).endsWith("/admin/ada");
    assertThat(
            Duration.between(
                world.clock.instant(), renewed.chain().getFirst().getNotAfter().toInstant()))
        .isBetween(Duration.ofHours(11), Duration.ofHours(12));
    KeyPair other = world.newKeys();
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> certificates.renew(ada, world.request(), world.csr(other))))
        .hasMessageContaining("is not the one that is pinned");
    var _ = admins.administration().changes().suspend(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(
        Kind.REFUSED,
        "administrator ada: suspended (expected: active)",
        () -> certificates.renew(ada, world.request(), world.csr(keys)));
  }

  @Test
  void asked_isChecked_allProblemsAtOnce() {
    refused(
        Kind.INVALID,
        "role: \"root\" (expected: operator, registrar or auditor); svid ttl: 192h (expected: whole"
            + " seconds, 5m to 168h)",
        () ->
            admins.enroll(
                new NewAdministrator(
                    "ada",
                    "root",
                    List.of(),
                    "",
                    new Ttls(Optional.empty(), Optional.of(Duration.ofDays(8))))));
    refused(
        Kind.INVALID,
        "owners: none (expected: at least one for a registrar)",
        () -> admins.enroll(asked("ada", "registrar")));
    refused(
        Kind.INVALID,
        "owners: 1 (expected: none for role auditor, which reaches everything)",
        () -> admins.enroll(asked("ada", "auditor", "team")));
    refused(
        Kind.INVALID,
        "owner \"nobody\": not found",
        () -> admins.enroll(asked("ada", "registrar", "nobody")));
  }

  @Test
  void aNameOfAnyAcceptedLength_getsAnSvid() throws Exception {
    refused(
        Kind.INVALID,
        "administrator \""
            + "a".repeat(59)
            + "\": 59 characters (expected: at most 58, to fit into"
            + " a certificate)",
        () -> admins.enroll(asked("a".repeat(59), "operator")));
    assertThat(admins.enrolled("a".repeat(58), "operator").name().value()).hasSize(58);
  }

  @Test
  void removed_isFinal_theNameIsNeverUsedAgain_andItsSvidIsOnTheCrl() throws Exception {
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    var _ = admins.administration().changes().remove(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(
        Kind.REFUSED,
        "administrator ada: removed (expected: active)",
        () -> world.core.queries().as(ada).owners(firstPage()));
    refused(
        Kind.ALREADY_EXISTS,
        "administrator \"ada\": removed (expected: a name never used before)",
        () -> admins.enroll(asked("ada", "operator")));
    refused(
        Kind.INVALID,
        "administrator ada: removed (removed is final: enroll another name)",
        () -> admins.administration().changes().resume(CoreWorld.ADMIN, admins.ask(), "ada"));
    assertThat(admins.revoked()).hasSize(1);
  }

  @Test
  void suspension_voidsTheTokenThatIsOut() throws Exception {
    EnrolledAdministrator ada = admins.enroll(asked("ada", "operator"));
    var _ = admins.administration().changes().suspend(CoreWorld.ADMIN, admins.ask(), "ada");
    var _ = admins.administration().changes().resume(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> admins.redeem(ada, world.newKeys()));
  }

  @Test
  void resumed_needsANewToken_theKeyOfBeforeIsRefusedForGood() throws Exception {
    KeyPair old = world.newKeys();
    var _ = admins.redeem(admins.enroll(asked("ada", "operator")), old);
    var _ = admins.administration().changes().suspend(CoreWorld.ADMIN, admins.ask(), "ada");
    assertThat(admins.revoked()).hasSize(1);
    var resumed = admins.administration().changes().resume(CoreWorld.ADMIN, admins.ask(), "ada");
    assertThat(resumed.report().fields()).extracting(it -> it.field()).contains("state", "key");
    refused(
        Kind.REFUSED,
        "administrator ada: not enrolled since it was resumed (expected: log in with a new token,"
            + " from credence admin token)",
        () -> world.core.queries().as(actor("ada", old)).owners(firstPage()));
    var again =
        admins
            .administration()
            .enroll()
            .token(CoreWorld.ADMIN, world.request(), "ada", Optional.empty(), "found");
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> admins.redeem(again, old));
    assertThat(world.refusals().getLast()).contains("the key was certified before");
    KeyPair now = world.newKeys();
    var _ = admins.redeem(again, now);
    world.core.queries().as(actor("ada", now)).owners(firstPage());
    refused(
        Kind.REFUSED,
        "administrator ada: enrolled with another key since (expected: its newest; log in with a"
            + " new token)",
        () -> world.core.queries().as(actor("ada", old)).owners(firstPage()));
  }

  @Test
  void joinTokensOfWhoIsSuspended_areVoid_forEver() throws Exception {
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    byte[] redeemed = admins.joinToken(ada);
    KeyPair joined = world.newKeys();
    var first = admins.join(redeemed, joined);
    byte[] open = admins.joinToken(ada);
    byte[] local = admins.joinToken(CoreWorld.ADMIN);
    var _ = admins.administration().changes().suspend(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(Kind.NOT_ATTESTED, "join token refused", () -> admins.join(open, world.newKeys()));
    assertThat(world.refusals().getLast()).contains("void since", "as all of admin:ada");
    var _ = admins.administration().changes().resume(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(Kind.NOT_ATTESTED, "join token refused", () -> admins.join(open, world.newKeys()));
    // What was redeemed is a node; what others made is theirs.
    assertThat(admins.join(redeemed, joined).node()).isEqualTo(first.node());
    var _ = admins.join(local, world.newKeys());
    assertThat(admins.detailsOf(EventKind.JOIN_TOKENS_VOIDED))
        .singleElement()
        .satisfies(it ->
            assertThat(it)
                .containsEntry("administrator", "ada")
                .containsEntry("tokens", "1")
                .containsEntry("because", "suspended")
                .containsEntry("reason", "why"));
  }

  @Test
  void joinTokensOfWhoIsRemoved_orNoOperatorAnyMore_orHasAnotherKey_areVoid() throws Exception {
    byte[] removed = admins.joinToken(admins.enrolled("ada", "operator"));
    var _ = admins.administration().changes().remove(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(Kind.NOT_ATTESTED, "join token refused", () -> admins.join(removed, world.newKeys()));
    byte[] demoted = admins.joinToken(admins.enrolled("bea", "operator"));
    var auditor =
        new ChangeAdministrators.Patch(
            Set.of(ChangeAdministrators.Field.ROLE), "auditor", List.of(), "", Optional.empty());
    var _ = admins.administration().changes().update(CoreWorld.ADMIN, admins.ask(), "bea", auditor);
    refused(Kind.NOT_ATTESTED, "join token refused", () -> admins.join(demoted, world.newKeys()));
    byte[] replaced = admins.joinToken(admins.enrolled("cleo", "operator"));
    var token =
        admins
            .administration()
            .enroll()
            .token(CoreWorld.ADMIN, world.request(), "cleo", Optional.empty(), "");
    var _ = admins.redeem(token, world.newKeys());
    refused(Kind.NOT_ATTESTED, "join token refused", () -> admins.join(replaced, world.newKeys()));
    assertThat(admins.detailsOf(EventKind.JOIN_TOKENS_VOIDED))
        .extracting(it -> it.get("because"))
        .containsExactly("removed", "role auditor", "another key");
  }

  @Test
  void aTokenOfNoOperator_isRefused_alsoWhereNobodyVoidedIt() throws Exception {
    byte[] secret = admins.joinToken(admins.enrolled("ada", "operator"));
    // As after a database was edited, or restored.
    boolean _ =
        world.store.write(tx -> {
          var ada = tx.administrators().find(new Name("ada")).orElseThrow();
          tx.administrators().update(ada.in(AdministratorState.SUSPENDED));
          return true;
        });
    refused(Kind.NOT_ATTESTED, "join token refused", () -> admins.join(secret, world.newKeys()));
    assertThat(world.refusals().getLast())
        .contains("admin:ada made it, and is no operator any more");
  }

  @Test
  void repeatedEnrolment_isTheSameToken() throws Exception {
    var request = world.request();
    var first =
        admins
            .administration()
            .enroll()
            .run(CoreWorld.ADMIN, request, asked("ada", "operator"), "");
    var second =
        admins
            .administration()
            .enroll()
            .run(CoreWorld.ADMIN, request, asked("ada", "operator"), "");
    assertThat(second.token().reveal()).isEqualTo(first.token().reveal());
  }

  @Test
  void liveSvid_countsWhenItsAuthorityIsToBeWithdrawn() throws Exception {
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    var authority = world.store.read(view -> view.authorities().all()).getFirst().id();
    long with = live(authority);
    var _ =
        admins.administration().changes().remove(CoreWorld.ADMIN, admins.ask(), ada.name().value());
    assertThat(live(authority)).isEqualTo(with - 1);
    assertThat(admins.administration().show(CoreWorld.ADMIN, "ada").administrator().state())
        .isEqualTo(AdministratorState.REMOVED);
  }

  private long live(dev.credence.certs.Id authority) {
    return world.store.read(view -> view.authorities().countLive(authority, world.clock.instant()));
  }
}

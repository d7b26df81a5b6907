package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateJoinToken.NewToken;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.TransferSubjects.Transfer;
import dev.credence.server.core.UpdateSubject.Patch;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Administrators on other machines: how they come to their SVIDs, and what each role may.
final class AdministratorsTest {
  private static final String OUTSIDE_RIVAL =
      "administrator rae: agent \"rival/bot\": outside of its owners (expected: one of team or"
          + " below, or role operator)";

  private static final String OTHER_TOKEN = "enrolment token refused";

  private CoreWorld world;
  private SubjectView mine;
  private SubjectView rival;
  private CoreWorld.Joined node;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("team");
    var _ = world.owner("rival");
    var _ = world.owner("other");
    var _ =
        world
            .core
            .createOwner()
            .run(
                CoreWorld.ADMIN, world.request(), new NewOwner("squad", "", "", "", "ada", "team"));
    mine = world.create(CoreWorld.newAgent("team", "bot", "unix:uid:1000"));
    rival = world.create(CoreWorld.newAgent("rival", "bot", "unix:uid:1001"));
    node = world.join(Map.of());
  }

  @AfterEach
  void end() {
    world.close();
  }

  // ---- ways

  private Administration administration() {
    return world.core.administration();
  }

  private static NewAdministrator asked(String name, String role, String... owners) {
    return new NewAdministrator(
        name, role, List.of(owners), "", new Ttls(Optional.empty(), Optional.empty()));
  }

  private EnrolledAdministrator enroll(NewAdministrator asked) throws ServerException {
    return administration().enroll().run(CoreWorld.ADMIN, world.request(), asked, "why");
  }

  private AdministratorSvid redeem(EnrolledAdministrator enrolled, KeyPair keys)
      throws ServerException {
    return administration()
        .certificates()
        .redeem(
            CoreWorld.STRANGER,
            world.request(),
            enrolled.token().contents().secret().reveal(),
            world.csr(keys));
  }

  private static Actor.Administrator actor(String name, KeyPair keys) {
    return new Actor.Administrator(
        new Name(name), Optional.of(Sha256.of(keys.getPublic().getEncoded())));
  }

  private Actor.Administrator enrolled(String name, String role, String... owners)
      throws ServerException {
    KeyPair keys = world.newKeys();
    var _ = redeem(enroll(asked(name, role, owners)), keys);
    return actor(name, keys);
  }

  private Actor.Administrator registrar() throws ServerException {
    return enrolled("rae", "registrar", "team");
  }

  private ChangeAsk ask() {
    return ChangeAsk.now(world.request(), "why");
  }

  private static Which agent(String reference) {
    return new Which(SubjectKind.AGENT, reference);
  }

  private static Patch hint(String hint) {
    return new Patch(
        Set.of(SubjectField.HINT),
        new Profile(Optional.empty(), List.of(), hint),
        Governance.none());
  }

  private static Match match(String selector) {
    return new Match(List.of(CoreWorld.raw(selector)), List.of(), true);
  }

  private static Page.Request firstPage() {
    return new Page.Request(100, Optional.empty());
  }

  private String execution(SubjectView subject, String... selectors) throws ServerException {
    RegistryEntry entry = world.core.registry().of(subject.subject().id()).getFirst();
    return world
        .core
        .openExecution()
        .run(
            node.id(),
            world.request(),
            new OpenExecution.Asked(
                node.startId(),
                entry.id(),
                entry.revision(),
                CoreWorld.attestation(world.process(), selectors)),
            world.csr())
        .execution()
        .toString();
  }

  // ---- enrolment

  @Test
  void token_pinsTheFirstKey_again_forThatKeyOnly() throws Exception {
    EnrolledAdministrator ada = enroll(asked("ada", "operator"));
    KeyPair keys = world.newKeys();
    AdministratorSvid svid = redeem(ada, keys);
    assertThat(svid.spiffeId())
        .isEqualTo(new Identity.Administrator(new Name("ada")).in(CoreWorld.TRUST_DOMAIN));
    assertThat(redeem(ada, keys).administrator()).isEqualTo(svid.administrator());
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> redeem(ada, world.newKeys()));
    assertThat(world.refusals().getLast()).contains("redeemed before by another key, for ada");
    world.clock.advance(Duration.ofMinutes(11));
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> redeem(ada, keys));
  }

  @Test
  void aNodesKeyAndSecret_makeNoAdministrator_norTheOtherWayRound() throws Exception {
    EnrolledAdministrator ada = enroll(asked("ada", "operator"));
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> redeem(ada, node.keys()));
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
            administration()
                .certificates()
                .redeem(CoreWorld.STRANGER, world.request(), joining, world.csr()));
  }

  @Test
  void newToken_voidsTheOneBefore_andItsKeyTakesThePlaceOfTheOldOne() throws Exception {
    EnrolledAdministrator first = enroll(asked("ada", "operator"));
    KeyPair old = world.newKeys();
    String serial =
        dev.credence.certs.Certificates.serialHex(redeem(first, old).chain().getFirst());
    EnrolledAdministrator second =
        administration()
            .enroll()
            .token(CoreWorld.ADMIN, world.request(), "ada", Optional.empty(), "lost");
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> redeem(first, old));
    world.core.queries().as(actor("ada", old)).owners(firstPage());
    KeyPair now = world.newKeys();
    var _ = redeem(second, now);
    world.core.queries().as(actor("ada", now)).owners(firstPage());
    refused(
        Kind.REFUSED,
        "administrator ada: enrolled with another key since (expected: its newest; log in with a"
            + " new token)",
        () -> world.core.queries().as(actor("ada", old)).owners(firstPage()));
    assertThat(revoked()).containsExactly(serial);
  }

  private List<String> revoked() {
    return world.store.read(view -> view.revoked().unexpired(world.clock.instant(), 10)).stream()
        .map(it -> it.serial())
        .toList();
  }

  @Test
  void renewal_isForThePinnedKeyOnly_andWhileActive() throws Exception {
    KeyPair keys = world.newKeys();
    var _ = redeem(enroll(asked("ada", "auditor")), keys);
    Actor.Administrator ada = actor("ada", keys);
    var certificates = administration().certificates();
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
    var _ = administration().changes().suspend(CoreWorld.ADMIN, ask(), "ada");
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
            enroll(
                new NewAdministrator(
                    "ada",
                    "root",
                    List.of(),
                    "",
                    new Ttls(Optional.empty(), Optional.of(Duration.ofDays(8))))));
    refused(
        Kind.INVALID,
        "owners: none (expected: at least one for a registrar)",
        () -> enroll(asked("ada", "registrar")));
    refused(
        Kind.INVALID,
        "owners: 1 (expected: none for role auditor, which reaches everything)",
        () -> enroll(asked("ada", "auditor", "team")));
    refused(
        Kind.INVALID,
        "owner \"nobody\": not found",
        () -> enroll(asked("ada", "registrar", "nobody")));
  }

  @Test
  void aNameOfAnyAcceptedLength_getsAnSvid() throws Exception {
    refused(
        Kind.INVALID,
        "administrator \""
            + "a".repeat(59)
            + "\": 59 characters (expected: at most 58, to fit into"
            + " a certificate)",
        () -> enroll(asked("a".repeat(59), "operator")));
    assertThat(enrolled("a".repeat(58), "operator").name().value()).hasSize(58);
  }

  @Test
  void removed_isFinal_theNameIsNeverUsedAgain_andItsSvidIsOnTheCrl() throws Exception {
    Actor.Administrator ada = enrolled("ada", "operator");
    var _ = administration().changes().remove(CoreWorld.ADMIN, ask(), "ada");
    refused(
        Kind.REFUSED,
        "administrator ada: removed (expected: active)",
        () -> world.core.queries().as(ada).owners(firstPage()));
    refused(
        Kind.ALREADY_EXISTS,
        "administrator \"ada\": removed (expected: a name never used before)",
        () -> enroll(asked("ada", "operator")));
    refused(
        Kind.INVALID,
        "administrator ada: removed (removed is final: enroll another name)",
        () -> administration().changes().resume(CoreWorld.ADMIN, ask(), "ada"));
    assertThat(revoked()).hasSize(1);
  }

  @Test
  void suspension_voidsTheTokenThatIsOut() throws Exception {
    EnrolledAdministrator ada = enroll(asked("ada", "operator"));
    var _ = administration().changes().suspend(CoreWorld.ADMIN, ask(), "ada");
    var _ = administration().changes().resume(CoreWorld.ADMIN, ask(), "ada");
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> redeem(ada, world.newKeys()));
  }

  @Test
  void resumed_needsANewToken_theKeyOfBeforeIsRefusedForGood() throws Exception {
    KeyPair old = world.newKeys();
    var _ = redeem(enroll(asked("ada", "operator")), old);
    var _ = administration().changes().suspend(CoreWorld.ADMIN, ask(), "ada");
    assertThat(revoked()).hasSize(1);
    var resumed = administration().changes().resume(CoreWorld.ADMIN, ask(), "ada");
    assertThat(resumed.report().fields()).extracting(it -> it.field()).contains("state", "key");
    refused(
        Kind.REFUSED,
        "administrator ada: not enrolled since it was resumed (expected: log in with a new token,"
            + " from credence admin token)",
        () -> world.core.queries().as(actor("ada", old)).owners(firstPage()));
    var again =
        administration()
            .enroll()
            .token(CoreWorld.ADMIN, world.request(), "ada", Optional.empty(), "found");
    refused(Kind.NOT_ATTESTED, OTHER_TOKEN, () -> redeem(again, old));
    assertThat(world.refusals().getLast()).contains("the key was certified before");
    KeyPair now = world.newKeys();
    var _ = redeem(again, now);
    world.core.queries().as(actor("ada", now)).owners(firstPage());
    refused(
        Kind.REFUSED,
        "administrator ada: enrolled with another key since (expected: its newest; log in with a"
            + " new token)",
        () -> world.core.queries().as(actor("ada", old)).owners(firstPage()));
  }

  @Test
  void joinTokensOfWhoIsSuspended_areVoid_forEver() throws Exception {
    Actor.Administrator ada = enrolled("ada", "operator");
    byte[] redeemed = joinToken(ada);
    KeyPair joined = world.newKeys();
    var first = join(redeemed, joined);
    byte[] open = joinToken(ada);
    byte[] local = joinToken(CoreWorld.ADMIN);
    var _ = administration().changes().suspend(CoreWorld.ADMIN, ask(), "ada");
    refused(Kind.NOT_ATTESTED, "join token refused", () -> join(open, world.newKeys()));
    assertThat(world.refusals().getLast()).contains("void since", "as all of admin:ada");
    var _ = administration().changes().resume(CoreWorld.ADMIN, ask(), "ada");
    refused(Kind.NOT_ATTESTED, "join token refused", () -> join(open, world.newKeys()));
    // What was redeemed is a node; what others made is theirs.
    assertThat(join(redeemed, joined).node()).isEqualTo(first.node());
    var _ = join(local, world.newKeys());
    assertThat(detailsOf(EventKind.JOIN_TOKENS_VOIDED))
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
    byte[] removed = joinToken(enrolled("ada", "operator"));
    var _ = administration().changes().remove(CoreWorld.ADMIN, ask(), "ada");
    refused(Kind.NOT_ATTESTED, "join token refused", () -> join(removed, world.newKeys()));
    byte[] demoted = joinToken(enrolled("bea", "operator"));
    var auditor =
        new ChangeAdministrators.Patch(
            Set.of(ChangeAdministrators.Field.ROLE), "auditor", List.of(), "", Optional.empty());
    var _ = administration().changes().update(CoreWorld.ADMIN, ask(), "bea", auditor);
    refused(Kind.NOT_ATTESTED, "join token refused", () -> join(demoted, world.newKeys()));
    byte[] replaced = joinToken(enrolled("cleo", "operator"));
    var token =
        administration()
            .enroll()
            .token(CoreWorld.ADMIN, world.request(), "cleo", Optional.empty(), "");
    var _ = redeem(token, world.newKeys());
    refused(Kind.NOT_ATTESTED, "join token refused", () -> join(replaced, world.newKeys()));
    assertThat(detailsOf(EventKind.JOIN_TOKENS_VOIDED))
        .extracting(it -> it.get("because"))
        .containsExactly("removed", "role auditor", "another key");
  }

  @Test
  void aTokenOfNoOperator_isRefused_alsoWhereNobodyVoidedIt() throws Exception {
    byte[] secret = joinToken(enrolled("ada", "operator"));
    // As after a database was edited, or restored.
    boolean _ =
        world.store.write(tx -> {
          var ada = tx.administrators().find(new Name("ada")).orElseThrow();
          tx.administrators().update(ada.in(AdministratorState.SUSPENDED));
          return true;
        });
    refused(Kind.NOT_ATTESTED, "join token refused", () -> join(secret, world.newKeys()));
    assertThat(world.refusals().getLast())
        .contains("admin:ada made it, and is no operator any more");
  }

  private byte[] joinToken(Actor by) throws ServerException {
    return world
        .core
        .createJoinToken()
        .run(by, world.request(), new NewToken(Optional.empty(), Map.of()), "")
        .token()
        .secret()
        .reveal();
  }

  private NodeSvid join(byte[] secret, KeyPair keys) throws ServerException {
    return world
        .core
        .attestNode()
        .run(CoreWorld.STRANGER, world.request(), "join_token", secret, world.csr(keys));
  }

  private List<Map<String, String>> detailsOf(EventKind kind) throws ServerException {
    return world.events().stream()
        .map(it -> it.event().what())
        .filter(it -> it.kind() == kind)
        .map(it -> it.details())
        .toList();
  }

  @Test
  void repeatedEnrolment_isTheSameToken() throws Exception {
    var request = world.request();
    var first =
        administration().enroll().run(CoreWorld.ADMIN, request, asked("ada", "operator"), "");
    var second =
        administration().enroll().run(CoreWorld.ADMIN, request, asked("ada", "operator"), "");
    assertThat(second.token().reveal()).isEqualTo(first.token().reveal());
  }

  // ---- roles

  @Test
  void registrar_hasEachVerbWithinItsOwner_andBelow() throws Exception {
    Actor.Administrator rae = registrar();
    Life life = world.core.life();
    var made =
        world
            .core
            .createSubject()
            .run(rae, world.request(), CoreWorld.newAgent("squad", "new", "unix:uid:7"), "new");
    assertThat(made.subject().handle().display()).isEqualTo("squad/new");
    var _ = life.updates().run(rae, ask(), agent("team/bot"), hint("x"));
    var added = life.registrations().add(rae, ask(), agent("bot"), match("unix:uid:8")).now();
    var _ =
        life.registrations()
            .remove(rae, ask(), agent("bot"), added.registrations().getLast().id().toString());
    var _ = life.states().suspend(rae, ask(), agent(mine.subject().id().toString()));
    var _ = life.states().resume(rae, ask(), agent("team/bot"));
    var _ = life.states().retire(rae, ask(), agent("squad/new"));
    assertThat(world.events().getLast().event().what().actor().label()).isEqualTo("admin:rae");
  }

  @Test
  void whatAnOperatorSuspended_noRegistrarResumes() throws Exception {
    Actor.Administrator rae = registrar();
    Actor.Administrator ada = enrolled("ada", "operator");
    ChangeSubjectState states = world.core.life().states();
    // Its own suspension it takes back; an operator's, also of what was suspended already, not.
    var _ = states.suspend(rae, ask(), agent("team/bot"));
    var _ = states.resume(rae, ask(), agent("team/bot"));
    for (Actor above : List.of(ada, CoreWorld.ADMIN)) {
      for (boolean first : List.of(true, false)) {
        if (!first) {
          var _ = states.suspend(rae, ask(), agent("team/bot"));
        }
        var suspended = states.suspend(above, ask(), agent("team/bot"));
        assertThat(suspended.report().fields())
            .extracting(it -> it.field())
            .containsExactly(first ? "state" : "held-by");
        var again = states.suspend(rae, ask(), agent("team/bot"));
        assertThat(again.report().fields()).isEmpty();
        String held =
            "administrator rae: agent team/bot was suspended by an operator, or at the local socket"
                + " (expected: role operator)";
        refused(Kind.REFUSED, held, () -> states.resume(rae, ask(), agent("team/bot")));
        refused(Kind.REFUSED, held, () -> states.resume(rae, ChangeAsk.dry(), agent("team/bot")));
        assertThat(world.refusals()).contains(held);
        var resumed = states.resume(ada, ask(), agent("team/bot"));
        assertThat(resumed.now().subject().state()).isEqualTo(SubjectState.ACTIVE);
      }
    }
    var _ = states.suspend(rae, ask(), agent("team/bot"));
    var _ = states.resume(rae, ask(), agent("team/bot"));
  }

  @Test
  void anOperatorsBar_bindsItsUidThere_forAllThatARegistrarRegistered() throws Exception {
    Actor.Administrator rae = registrar();
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(rae, world.request(), CoreWorld.newAgent("team", "twin", "unix:uid:1000"));
    String revoked = execution(mine, "unix:uid:1000");
    String twins = execution(twin, "unix:uid:1000");
    String rivals = execution(rival, "unix:uid:1001");
    var done =
        world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "exfiltrates");
    // What else runs under that uid: a registrar's ends, an operator's stays.
    assertThat(done.others()).isEqualTo(1);
    assertThat(endOf(twins)).contains("barred");
    assertThat(endOf(rivals)).isEmpty();
    Refusals.refusedLike(
        Kind.REFUSED,
        "agent team/twin: a registrar registered it, and uid 1000 is barred on node .* since .*,"
            + " when execution "
            + revoked
            + " was revoked \\(expected: lifted with credence execution unbar, or selectors that"
            + " an operator gave\\)",
        () -> execution(twin, "unix:uid:1000"));
    // A set of selectors added to an operator's agent is a registrar's too.
    var added =
        world
            .core
            .life()
            .registrations()
            .add(rae, ask(), agent("team/bot"), match("unix:gid:1000"));
    assertThat(added.now().registrations().getLast().byRegistrar()).isTrue();
    assertThat(added.now().registrations().getFirst().byRegistrar()).isFalse();
    // An operator's agent for that uid, and another node, are other matters.
    var _ = execution(rival, "unix:uid:1001");
    node = world.join(Map.of());
    var _ = execution(twin, "unix:uid:1000");
  }

  @Test
  void aLiftedBar_bindsNobody() throws Exception {
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(registrar(), world.request(), CoreWorld.newAgent("team", "twin", "unix:uid:1000"));
    String revoked = execution(mine, "unix:uid:1000");
    var _ = world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "");
    Refusals.refusedLike(
        Kind.REFUSED,
        "agent team/twin: a registrar registered it.*",
        () -> execution(twin, "unix:uid:1000"));
    var _ = world.core.liftBar().run(CoreWorld.ADMIN, world.request(), revoked, "");
    var _ = execution(twin, "unix:uid:1000");
  }

  @Test
  void anExecutionThatGoesOnUnderARegistrarsSet_doesNotEscapeTheBarOnItsUid() throws Exception {
    SubjectView other = world.create(CoreWorld.newAgent("team", "other", "unix:uid:1000"));
    String runs = execution(other, "unix:uid:1000", "unix:gid:1000");
    var registrations = world.core.life().registrations();
    var _ = registrations.add(registrar(), ask(), agent("team/other"), match("unix:gid:1000"));
    String revoked = execution(mine, "unix:uid:1000");
    var _ = world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "");
    assertThat(endOf(runs)).as("an operator's").isEmpty();
    String first = other.registrations().getFirst().id().toString();
    var _ = registrations.remove(CoreWorld.ADMIN, ask(), agent("team/other"), first);
    assertThat(endOf(runs)).contains("unregistered");
  }

  @Test
  void barOnAUid_isOnTokensToo() throws Exception {
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(
                registrar(),
                world.request(),
                CoreWorld.newAgentWithJwt("team", "twin", "unix:uid:1000"));
    Id runs = Id.parse(execution(twin, "unix:uid:1000"));
    var asked = new IssueJwtSvid.Asked(node.startId(), runs, List.of("audience"), Optional.empty());
    var _ = world.core.issueJwtSvid().run(node.id(), world.request(), asked);
    Id barred = Id.parse(execution(mine, "unix:uid:1000"));
    world.store.write(tx -> {
      var bar =
          new Bar(
              Id.random(world.random),
              new Bar.Scope(mine.subject().id(), node.id(), barred),
              new Bar.Decision(world.clock.instant(), "uid:0", "why"),
              Optional.empty());
      tx.bars().insert(bar);
      tx.bars().bind(bar, 1000);
      return true;
    });
    Refusals.refusedLike(
        Kind.REFUSED,
        "agent team/twin: a registrar registered it, and uid 1000 is barred on node .*",
        () -> world.core.issueJwtSvid().run(node.id(), world.request(), asked));
  }

  @Test
  void whatEndedShortlyBefore_underTheBarredUid_isOnTheListToo() throws Exception {
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(registrar(), world.request(), CoreWorld.newAgent("team", "twin", "unix:uid:1000"));
    SubjectView other = world.create(CoreWorld.newAgent("team", "other", "unix:uid:1000"));
    for (SubjectView gone : List.of(twin, other)) {
      Id ended = Id.parse(execution(gone, "unix:uid:1000"));
      var report = new EndExecution.Report(node.startId(), ended, "process-exited");
      var _ = world.core.endExecution().byNode(node.id(), world.request(), report);
    }
    String revoked = execution(mine, "unix:uid:1000");
    var _ = world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "");
    List<RevokedCertificate> listed =
        world.store.read(view -> view.revoked().unexpired(world.clock.instant(), 9));
    assertThat(listed).as("its own, and the registrar's of that uid; not an operator's").hasSize(2);
  }

  private Optional<String> endOf(String execution) throws ServerException {
    return world.core.queries().execution(execution).execution().end().map(it -> it.reason());
  }

  @Test
  void registrar_isRefusedEachVerbOutsideOfItsOwner_andNothingChanges() throws Exception {
    Actor.Administrator rae = registrar();
    Life life = world.core.life();
    refused(
        Kind.REFUSED,
        "administrator rae: owner \"rival\": outside of its owners (expected: one of team or below,"
            + " or role operator)",
        () ->
            world
                .core
                .createSubject()
                .run(rae, world.request(), CoreWorld.newAgent("rival", "spy", "unix:uid:7")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.updates().run(rae, ask(), agent("rival/bot"), hint("x")));
    refused(
        Kind.REFUSED, OUTSIDE_RIVAL, () -> life.states().suspend(rae, ask(), agent("rival/bot")));
    refused(
        Kind.REFUSED, OUTSIDE_RIVAL, () -> life.states().resume(rae, ask(), agent("rival/bot")));
    refused(
        Kind.REFUSED, OUTSIDE_RIVAL, () -> life.states().retire(rae, ask(), agent("rival/bot")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.registrations().add(rae, ask(), agent("rival/bot"), match("unix:uid:8")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.registrations().remove(rae, ask(), agent("rival/bot"), "x"));
    // By its id, which a registrar may have seen somewhere, it is outside all the same.
    String id = rival.subject().id().toString();
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL.replace("rival/bot", id),
        () -> life.states().retire(rae, ask(), agent(id)));
    assertThat(world.core.queries().subject(SubjectKind.AGENT, "rival/bot")).isEqualTo(rival);
    assertThat(world.refusals()).contains(OUTSIDE_RIVAL);
  }

  @Test
  void registrar_learnsNothingOfWhatIsOutside_notEvenThatItIsThere() throws Exception {
    Actor.Administrator rae = registrar();
    Queries seen = world.core.queries().as(rae);
    refused(Kind.REFUSED, OUTSIDE_RIVAL, () -> seen.subject(SubjectKind.AGENT, "rival/bot"));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL.replace("rival/bot", "nobody/bot"),
        () -> seen.subject(SubjectKind.AGENT, "nobody/bot"));
    refused(
        Kind.NOT_FOUND,
        "agent \"team/none\": not found",
        () -> seen.subject(SubjectKind.AGENT, "team/none"));
    // The short name is not ambiguous: it sees one of the two.
    assertThat(seen.subject(SubjectKind.AGENT, "bot")).isEqualTo(mine);
    assertThat(seen.subjects(SubjectKind.AGENT, firstPage()).items()).containsExactly(mine);
    assertThat(seen.owners(firstPage()).items())
        .extracting(it -> it.owner().name().value())
        .containsExactly("team", "squad");
    String theirs = execution(rival, "unix:uid:1001");
    String ours = execution(mine, "unix:uid:1000");
    assertThat(seen.executions("", true, firstPage()).items())
        .extracting(it -> it.execution().id().toString())
        .containsExactly(ours);
    refused(
        Kind.REFUSED,
        "administrator rae: execution \""
            + theirs
            + "\": outside of its owners (expected: one of"
            + " team or below, or role operator)",
        () -> seen.execution(theirs));
    assertThat(seen.events(new EventQuery(0, Optional.empty(), "", "team/bot"), 100)).isNotEmpty();
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL.replace("agent", "agent or service"),
        () -> seen.events(new EventQuery(0, Optional.empty(), "", "rival/bot"), 100));
    refused(
        Kind.REFUSED,
        "administrator rae: events of everybody are not for a registrar; name one of its agents or"
            + " services (expected: role operator)",
        () -> seen.events(new EventQuery(0, Optional.empty(), "", ""), 100));
  }

  @Test
  void registrar_mayNothingElse() throws Exception {
    Actor.Administrator rae = registrar();
    String running = execution(mine, "unix:uid:1000");
    String may = "administrator rae: registrar may not (expected: role operator)";
    refused(Kind.REFUSED, may, () -> createOwner(rae));
    refused(Kind.REFUSED, may, () -> createToken(rae));
    refused(Kind.REFUSED, may, () -> createPerson(rae));
    refused(Kind.REFUSED, may, () -> world.core.life().ownerStates().suspend(rae, ask(), "team"));
    refused(Kind.REFUSED, may, () -> transfer(rae));
    refused(
        Kind.REFUSED,
        may,
        () -> world.core.endExecution().byAdministrator(rae, world.request(), running, ""));
    refused(
        Kind.REFUSED,
        may,
        () -> world.core.revokeExecution().run(rae, world.request(), running, ""));
    refused(Kind.REFUSED, may, () -> world.core.liftBar().run(rae, world.request(), running, ""));
    refused(
        Kind.REFUSED,
        may,
        () ->
            world
                .core
                .decideNode()
                .run(
                    rae,
                    world.request(),
                    new DecideNode.Wanted(DecideNode.Decision.BAN, node.id().toString(), "")));
    refused(
        Kind.REFUSED,
        "administrator rae: registrar may not (expected: role operator or auditor)",
        () -> world.core.queries().as(rae).nodes(firstPage()));
    refused(
        Kind.REFUSED,
        "administrator rae: registrar may not (expected: role operator or auditor)",
        () -> {
          administration().require(rae, Right.LOOK);
          return rae;
        });
    refused(
        Kind.REFUSED,
        "administrator rae: a DNS name is not a registrar's to give (expected: role operator)",
        () ->
            world
                .core
                .createSubject()
                .run(
                    rae,
                    world.request(),
                    new NewSubject(
                        SubjectKind.AGENT,
                        "team",
                        "dns",
                        match("unix:uid:9"),
                        new Profile(Optional.empty(), List.of("bank.example"), ""),
                        Governance.none())));
  }

  private Object createOwner(Actor actor) throws ServerException {
    return world
        .core
        .createOwner()
        .run(actor, world.request(), new NewOwner("more", "", "", "ada", "", ""), "");
  }

  private Object createToken(Actor actor) throws ServerException {
    return world
        .core
        .createJoinToken()
        .run(actor, world.request(), new NewToken(Optional.empty(), Map.of()), "");
  }

  private Object createPerson(Actor actor) throws ServerException {
    return world
        .core
        .life()
        .persons()
        .create(actor, ask(), "zoe", new Accounts("", "", "", Set.of()));
  }

  private Object transfer(Actor actor) throws ServerException {
    return world
        .core
        .life()
        .transfers()
        .run(actor, ask(), new Transfer("team", "other", List.of("bot"), List.of()));
  }

  @Test
  void auditor_looksAtEverything_andIsRefusedEachWrite_dryRunsToo() throws Exception {
    Actor.Administrator ann = enrolled("ann", "auditor");
    Queries seen = world.core.queries().as(ann);
    assertThat(seen.subjects(SubjectKind.AGENT, firstPage()).items()).hasSize(2);
    assertThat(seen.nodes(firstPage()).items()).hasSize(1);
    assertThat(seen.events(new EventQuery(0, Optional.empty(), "", ""), 100)).isNotEmpty();
    Life life = world.core.life();
    String operator = "administrator ann: auditor may not (expected: role operator)";
    String registrar = "administrator ann: auditor may not (expected: role operator or registrar)";
    refused(Kind.REFUSED, operator, () -> createOwner(ann));
    refused(Kind.REFUSED, operator, () -> createToken(ann));
    refused(Kind.REFUSED, operator, () -> createPerson(ann));
    refused(Kind.REFUSED, operator, () -> transfer(ann));
    refused(
        Kind.REFUSED,
        registrar,
        () ->
            world
                .core
                .createSubject()
                .run(ann, world.request(), CoreWorld.newAgent("team", "x", "unix:uid:7")));
    refused(Kind.REFUSED, registrar, () -> life.states().suspend(ann, ask(), agent("team/bot")));
    refused(
        Kind.REFUSED,
        registrar,
        () -> life.states().suspend(ann, ChangeAsk.dry(), agent("team/bot")));
    refused(
        Kind.REFUSED,
        registrar,
        () -> life.updates().run(ann, ask(), agent("team/bot"), hint("x")));
    refused(
        Kind.REFUSED,
        registrar,
        () -> life.registrations().add(ann, ask(), agent("bot"), match("unix:uid:8")));
    assertThat(world.refusals()).contains(operator, registrar);
  }

  @Test
  void operator_doesAll_butWhoAdministers() throws Exception {
    Actor.Administrator ada = enrolled("ada", "operator");
    assertThat(createOwner(ada)).isNotNull();
    assertThat(createToken(ada)).isNotNull();
    assertThat(createPerson(ada)).isNotNull();
    assertThat(transfer(ada)).isNotNull();
    String local = "administrator ada: operator may not (expected: the server's local socket)";
    refused(
        Kind.REFUSED,
        local,
        () -> administration().enroll().run(ada, world.request(), asked("second", "operator"), ""));
    refused(
        Kind.REFUSED,
        local,
        () -> administration().enroll().token(ada, world.request(), "ada", Optional.empty(), ""));
    refused(Kind.REFUSED, local, () -> administration().changes().resume(ada, ask(), "ada"));
    // Nor by the person behind it.
    refused(
        Kind.REFUSED,
        local,
        () ->
            world
                .core
                .life()
                .persons()
                .update(
                    ada,
                    ask(),
                    "zoe",
                    Set.of(ChangePersons.Field.ADMINISTRATOR),
                    new Accounts("", "", "ada", Set.of())));
    refused(
        Kind.REFUSED,
        local,
        () ->
            world
                .core
                .life()
                .persons()
                .create(ada, ask(), "yan", new Accounts("", "", "", Set.of(0))));
  }

  @Test
  void anActorReadFromAnEvent_mayNothing() {
    refused(
        Kind.REFUSED,
        "administrator ada: not known here",
        () -> createOwner(new Actor.Administrator(new Name("ada"))));
  }

  @Test
  void role_isLookedUpEachTime() throws Exception {
    Actor.Administrator ada = enrolled("ada", "operator");
    var update =
        new ChangeAdministrators.Patch(
            Set.of(ChangeAdministrators.Field.ROLE, ChangeAdministrators.Field.OWNERS),
            "registrar",
            List.of("squad"),
            "",
            Optional.empty());
    var changed = administration().changes().update(CoreWorld.ADMIN, ask(), "ada", update);
    assertThat(changed.report().fields()).hasSize(2);
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL.replace("rae", "ada").replace("team", "squad"),
        () -> world.core.queries().as(ada).subject(SubjectKind.AGENT, "rival/bot"));
  }

  @Test
  void theAnswerOfBefore_isNotRepeatedOfWhatIsSomebodyElsesNow() throws Exception {
    Actor.Administrator rae = registrar();
    CreateSubject create = world.core.createSubject();
    UpdateSubject update = world.core.life().updates();
    var creation = world.request();
    var change = ask();
    var asked = CoreWorld.newAgent("team", "mine", "unix:uid:7");
    SubjectView made = create.run(rae, creation, asked);
    var _ = update.run(rae, change, agent("team/mine"), hint("x"));
    assertThat(create.run(rae, creation, asked).subject().id()).isEqualTo(made.subject().id());
    var _ =
        world
            .core
            .life()
            .transfers()
            .run(CoreWorld.ADMIN, ask(), new Transfer("team", "other", List.of("mine"), List.of()));
    String outside =
        OUTSIDE_RIVAL
            .replace("agent", "agent or service")
            .replace("rival/bot", made.subject().id().toString());
    refused(Kind.REFUSED, outside, () -> create.run(rae, creation, asked));
    refused(Kind.REFUSED, outside, () -> update.run(rae, change, agent("team/mine"), hint("x")));
    // Who reaches the whole gets the answer of before.
    var locals = world.request();
    var _ = create.run(CoreWorld.ADMIN, locals, CoreWorld.newAgent("team", "two", "unix:uid:7"));
    var _ = create.run(CoreWorld.ADMIN, locals, CoreWorld.newAgent("team", "two", "unix:uid:7"));
  }

  @Test
  void theAnswerOfBefore_isNotRepeatedToWhoIsSuspended() throws Exception {
    Actor.Administrator ada = enrolled("ada", "operator");
    var request = world.request();
    var token = new NewToken(Optional.empty(), Map.of());
    var _ = world.core.createJoinToken().run(ada, request, token);
    var _ = administration().changes().suspend(CoreWorld.ADMIN, ask(), "ada");
    refused(
        Kind.REFUSED,
        "administrator ada: suspended (expected: active)",
        () -> world.core.createJoinToken().run(ada, request, token));
  }

  @Test
  void followedEvents_endWithASuspension() throws Exception {
    Actor.Administrator ann = enrolled("ann", "auditor");
    EventFollower follower =
        world.core.queries().as(ann).follow(new EventQuery(0, Optional.empty(), "", ""), () -> {});
    assertThat(follower.next()).isNotEmpty();
    assertThat(follower.next()).isEmpty();
    var _ = administration().changes().suspend(CoreWorld.ADMIN, ask(), "ann");
    refused(Kind.REFUSED, "administrator ann: suspended (expected: active)", follower::next);
  }

  @Test
  void followedEvents_endWhenTheAgentGoesToSomebodyElse() throws Exception {
    Actor.Administrator rae = registrar();
    EventFollower follower =
        world
            .core
            .queries()
            .as(rae)
            .follow(new EventQuery(0, Optional.empty(), "", "team/bot"), () -> {});
    assertThat(follower.next()).isNotEmpty();
    var _ = transfer(CoreWorld.ADMIN);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(follower::next))
        .isInstanceOf(ServerException.class);
  }

  @Test
  void events_sayWhoAndWhichPerson() throws Exception {
    var _ = createPerson(CoreWorld.ADMIN);
    KeyPair keys = world.newKeys();
    var _ =
        redeem(
            enroll(
                new NewAdministrator(
                    "zoe-laptop",
                    "operator",
                    List.of(),
                    "zoe",
                    new Ttls(Optional.empty(), Optional.empty()))),
            keys);
    var _ = createOwner(actor("zoe-laptop", keys));
    var last = world.events().getLast().event().what();
    assertThat(last.kind()).isEqualTo(EventKind.OWNER_CREATED);
    assertThat(last.actor().label()).isEqualTo("admin:zoe-laptop");
    assertThat(last.details()).containsEntry("actor-person", "zoe");
    assertThat(administration().show(CoreWorld.ADMIN, "zoe-laptop").person())
        .contains(new Name("zoe"));
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> world.core.life().persons().remove(CoreWorld.ADMIN, ask(), "zoe")))
        .hasMessageContaining("administers as zoe-laptop");
  }

  @Test
  void liveSvid_countsWhenItsAuthorityIsToBeWithdrawn() throws Exception {
    Actor.Administrator ada = enrolled("ada", "operator");
    var authority = world.store.read(view -> view.authorities().all()).getFirst().id();
    long with = live(authority);
    var _ = administration().changes().remove(CoreWorld.ADMIN, ask(), ada.name().value());
    assertThat(live(authority)).isEqualTo(with - 1);
    assertThat(administration().show(CoreWorld.ADMIN, "ada").administrator().state())
        .isEqualTo(AdministratorState.REMOVED);
  }

  private long live(dev.credence.certs.Id authority) {
    return world.store.read(view -> view.authorities().countLive(authority, world.clock.instant()));
  }
}

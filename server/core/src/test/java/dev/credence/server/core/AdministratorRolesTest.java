package dev.credence.server.core;

import static dev.credence.server.core.AdministratorWorld.actor;
import static dev.credence.server.core.AdministratorWorld.agent;
import static dev.credence.server.core.AdministratorWorld.asked;
import static dev.credence.server.core.AdministratorWorld.firstPage;
import static dev.credence.server.core.AdministratorWorld.hint;
import static dev.credence.server.core.AdministratorWorld.match;
import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Name;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.CreateJoinToken.NewToken;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.TransferSubjects.Transfer;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What auditors and operators may, and that a role counts from call to call.
final class AdministratorRolesTest {
  private static final String OUTSIDE_RIVAL =
      "administrator rae: agent \"rival/bot\": outside of its owners (expected: one of team or"
          + " below, or role operator)";

  private AdministratorWorld admins;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    admins = AdministratorWorld.begin();
    world = admins.world;
  }

  @AfterEach
  void end() {
    admins.close();
  }

  @Test
  void auditor_looksAtEverything_andIsRefusedEachWrite_dryRunsToo() throws Exception {
    Actor.Administrator ann = admins.enrolled("ann", "auditor");
    Queries seen = world.core.queries().as(ann);
    assertThat(seen.subjects(SubjectKind.AGENT, firstPage()).items()).hasSize(2);
    assertThat(seen.nodes(firstPage()).items()).hasSize(1);
    assertThat(seen.events(new EventQuery(0, Optional.empty(), "", ""), 100)).isNotEmpty();
    Life life = world.core.life();
    String operator = "administrator ann: auditor may not (expected: role operator)";
    String registrar = "administrator ann: auditor may not (expected: role operator or registrar)";
    refused(Kind.REFUSED, operator, () -> admins.createOwner(ann));
    refused(Kind.REFUSED, operator, () -> admins.createToken(ann));
    refused(Kind.REFUSED, operator, () -> admins.createPerson(ann));
    refused(Kind.REFUSED, operator, () -> admins.transfer(ann));
    refused(
        Kind.REFUSED,
        registrar,
        () ->
            world
                .core
                .createSubject()
                .run(ann, world.request(), CoreWorld.newAgent("team", "x", "unix:uid:7")));
    refused(
        Kind.REFUSED, registrar, () -> life.states().suspend(ann, admins.ask(), agent("team/bot")));
    refused(
        Kind.REFUSED,
        registrar,
        () -> life.states().suspend(ann, ChangeAsk.dry(), agent("team/bot")));
    refused(
        Kind.REFUSED,
        registrar,
        () -> life.updates().run(ann, admins.ask(), agent("team/bot"), hint("x")));
    refused(
        Kind.REFUSED,
        registrar,
        () -> life.registrations().add(ann, admins.ask(), agent("bot"), match("unix:uid:8")));
    assertThat(world.refusals()).contains(operator, registrar);
  }

  @Test
  void whatWouldBecomeOfANode_isToldToOperatorsOnly() throws Exception {
    String node = world.core.queries().nodes(firstPage()).items().getFirst().node().id().toString();
    var wanted = new DecideNode.Wanted(DecideNode.Decision.BAN, node, "");
    Actor.Administrator ann = admins.enrolled("ann", "auditor");
    Actor.Administrator rae = admins.registrar();
    String auditor = "administrator ann: auditor may not (expected: role operator)";
    String registrar = "administrator rae: registrar may not (expected: role operator)";
    refused(Kind.REFUSED, auditor, () -> world.core.decideNode().wouldDo(ann, wanted));
    refused(Kind.REFUSED, registrar, () -> world.core.decideNode().wouldDo(rae, wanted));
    assertThat(world.refusals()).contains(auditor, registrar);
    var told = world.core.decideNode().wouldDo(admins.enrolled("ada", "operator"), wanted);
    assertThat(told.report().fields()).hasSize(2);
  }

  @Test
  void operator_doesAll_butWhoAdministers() throws Exception {
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    assertThat(admins.createOwner(ada)).isNotNull();
    assertThat(admins.createToken(ada)).isNotNull();
    assertThat(admins.createPerson(ada)).isNotNull();
    assertThat(admins.transfer(ada)).isNotNull();
    String local = "administrator ada: operator may not (expected: the server's local socket)";
    refused(
        Kind.REFUSED,
        local,
        () ->
            admins
                .administration()
                .enroll()
                .run(ada, world.request(), asked("second", "operator"), ""));
    refused(
        Kind.REFUSED,
        local,
        () ->
            admins
                .administration()
                .enroll()
                .token(ada, world.request(), "ada", Optional.empty(), ""));
    refused(
        Kind.REFUSED,
        local,
        () -> admins.administration().changes().resume(ada, admins.ask(), "ada"));
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
                    admins.ask(),
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
                .create(ada, admins.ask(), "yan", new Accounts("", "", "", Set.of(0))));
  }

  @Test
  void anActorReadFromAnEvent_mayNothing() {
    refused(
        Kind.REFUSED,
        "administrator ada: not known here",
        () -> admins.createOwner(new Actor.Administrator(new Name("ada"))));
  }

  @Test
  void role_isLookedUpEachTime() throws Exception {
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    var update =
        new ChangeAdministrators.Patch(
            Set.of(ChangeAdministrators.Field.ROLE, ChangeAdministrators.Field.OWNERS),
            "registrar",
            List.of("squad"),
            "",
            Optional.empty());
    var changed =
        admins.administration().changes().update(CoreWorld.ADMIN, admins.ask(), "ada", update);
    assertThat(changed.report().fields()).hasSize(2);
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL.replace("rae", "ada").replace("team", "squad"),
        () -> world.core.queries().as(ada).subject(SubjectKind.AGENT, "rival/bot"));
  }

  @Test
  void theAnswerOfBefore_isNotRepeatedOfWhatIsSomebodyElsesNow() throws Exception {
    Actor.Administrator rae = admins.registrar();
    CreateSubject create = world.core.createSubject();
    UpdateSubject update = world.core.life().updates();
    var creation = world.request();
    var change = admins.ask();
    var asked = CoreWorld.newAgent("team", "mine", "unix:uid:7");
    SubjectView made = create.run(rae, creation, asked);
    var _ = update.run(rae, change, agent("team/mine"), hint("x"));
    assertThat(create.run(rae, creation, asked).subject().id()).isEqualTo(made.subject().id());
    var _ =
        world
            .core
            .life()
            .transfers()
            .run(
                CoreWorld.ADMIN,
                admins.ask(),
                new Transfer("team", "other", List.of("mine"), List.of()));
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
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    var request = world.request();
    var token = new NewToken(Optional.empty(), Map.of());
    var _ = world.core.createJoinToken().run(ada, request, token);
    var _ = admins.administration().changes().suspend(CoreWorld.ADMIN, admins.ask(), "ada");
    refused(
        Kind.REFUSED,
        "administrator ada: suspended (expected: active)",
        () -> world.core.createJoinToken().run(ada, request, token));
  }

  @Test
  void followedEvents_endWithASuspension() throws Exception {
    Actor.Administrator ann = admins.enrolled("ann", "auditor");
    EventFollower follower =
        world.core.queries().as(ann).follow(new EventQuery(0, Optional.empty(), "", ""), () -> {});
    assertThat(follower.next()).isNotEmpty();
    assertThat(follower.next()).isEmpty();
    var _ = admins.administration().changes().suspend(CoreWorld.ADMIN, admins.ask(), "ann");
    refused(Kind.REFUSED, "administrator ann: suspended (expected: active)", follower::next);
  }

  @Test
  void followedEvents_endWhenTheAgentGoesToSomebodyElse() throws Exception {
    Actor.Administrator rae = admins.registrar();
    EventFollower follower =
        world
            .core
            .queries()
            .as(rae)
            .follow(new EventQuery(0, Optional.empty(), "", "team/bot"), () -> {});
    assertThat(follower.next()).isNotEmpty();
    var _ = admins.transfer(CoreWorld.ADMIN);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(follower::next))
        .isInstanceOf(ServerException.class);
  }

  @Test
  void events_sayWhoAndWhichPerson() throws Exception {
    var _ = admins.createPerson(CoreWorld.ADMIN);
    KeyPair keys = world.newKeys();
    var _ =
        admins.redeem(
            admins.enroll(
                new NewAdministrator(
                    "zoe-laptop",
                    "operator",
                    List.of(),
                    "zoe",
                    new Ttls(Optional.empty(), Optional.empty()))),
            keys);
    var _ = admins.createOwner(actor("zoe-laptop", keys));
    var last = world.events().getLast().event().what();
    assertThat(last.kind()).isEqualTo(EventKind.OWNER_CREATED);
    assertThat(last.actor().label()).isEqualTo("admin:zoe-laptop");
    assertThat(last.details()).containsEntry("actor-person", "zoe");
    assertThat(admins.administration().show(CoreWorld.ADMIN, "zoe-laptop").person())
        .contains(new Name("zoe"));
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> world.core.life().persons().remove(CoreWorld.ADMIN, admins.ask(), "zoe")))
        .hasMessageContaining("administers as zoe-laptop");
  }
}

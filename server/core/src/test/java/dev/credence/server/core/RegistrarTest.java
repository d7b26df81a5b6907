package dev.credence.server.core;

import static dev.credence.server.core.AdministratorWorld.agent;
import static dev.credence.server.core.AdministratorWorld.firstPage;
import static dev.credence.server.core.AdministratorWorld.hint;
import static dev.credence.server.core.AdministratorWorld.match;
import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a registrar may within its owners, and that it learns nothing of others.
final class RegistrarTest {
  private static final String OUTSIDE_RIVAL =
      "administrator rae: agent \"rival/bot\": outside of its owners (expected: one of team or"
          + " below, or role operator)";

  private AdministratorWorld admins;
  private CoreWorld world;
  private SubjectView mine;
  private SubjectView rival;
  private CoreWorld.Joined node;

  @BeforeEach
  void begin() throws Exception {
    admins = AdministratorWorld.begin();
    world = admins.world;
    mine = admins.mine;
    rival = admins.rival;
    node = admins.node;
  }

  @AfterEach
  void end() {
    admins.close();
  }

  @Test
  void registrar_hasEachVerbWithinItsOwner_andBelow() throws Exception {
    Actor.Administrator rae = admins.registrar();
    Life life = world.core.life();
    var made =
        world
            .core
            .createSubject()
            .run(rae, world.request(), CoreWorld.newAgent("squad", "new", "unix:uid:7"), "new");
    assertThat(made.subject().handle().display()).isEqualTo("squad/new");
    var _ = life.updates().run(rae, admins.ask(), agent("team/bot"), hint("x"));
    var added =
        life.registrations().add(rae, admins.ask(), agent("bot"), match("unix:uid:8")).now();
    var _ =
        life.registrations()
            .remove(
                rae, admins.ask(), agent("bot"), added.registrations().getLast().id().toString());
    var _ = life.states().suspend(rae, admins.ask(), agent(mine.subject().id().toString()));
    var _ = life.states().resume(rae, admins.ask(), agent("team/bot"));
    var _ = life.states().retire(rae, admins.ask(), agent("squad/new"));
    assertThat(world.events().getLast().event().what().actor().label()).isEqualTo("admin:rae");
  }

  @Test
  void registrar_isRefusedEachVerbOutsideOfItsOwner_andNothingChanges() throws Exception {
    Actor.Administrator rae = admins.registrar();
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
        () -> life.updates().run(rae, admins.ask(), agent("rival/bot"), hint("x")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.states().suspend(rae, admins.ask(), agent("rival/bot")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.states().resume(rae, admins.ask(), agent("rival/bot")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.states().retire(rae, admins.ask(), agent("rival/bot")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.registrations().add(rae, admins.ask(), agent("rival/bot"), match("unix:uid:8")));
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL,
        () -> life.registrations().remove(rae, admins.ask(), agent("rival/bot"), "x"));
    // By its id, which a registrar may have seen somewhere, it is outside all the same.
    String id = rival.subject().id().toString();
    refused(
        Kind.REFUSED,
        OUTSIDE_RIVAL.replace("rival/bot", id),
        () -> life.states().retire(rae, admins.ask(), agent(id)));
    assertThat(world.core.queries().subject(SubjectKind.AGENT, "rival/bot")).isEqualTo(rival);
    assertThat(world.refusals()).contains(OUTSIDE_RIVAL);
  }

  @Test
  void registrar_learnsNothingOfWhatIsOutside_notEvenThatItIsThere() throws Exception {
    Actor.Administrator rae = admins.registrar();
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
    String theirs = admins.execution(rival, "unix:uid:1001");
    String ours = admins.execution(mine, "unix:uid:1000");
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
    refused(
        Kind.REFUSED,
        "administrator rae: what asks on all nodes is not for a registrar (expected: role operator)",
        () -> seen.unregistered(Optional.empty(), "", firstPage()));
  }

  @Test
  void registrar_mayNothingElse() throws Exception {
    Actor.Administrator rae = admins.registrar();
    String running = admins.execution(mine, "unix:uid:1000");
    String may = "administrator rae: registrar may not (expected: role operator)";
    refused(Kind.REFUSED, may, () -> admins.createOwner(rae));
    refused(Kind.REFUSED, may, () -> admins.createToken(rae));
    refused(Kind.REFUSED, may, () -> admins.createPerson(rae));
    refused(
        Kind.REFUSED,
        may,
        () -> world.core.life().ownerStates().suspend(rae, admins.ask(), "team"));
    refused(Kind.REFUSED, may, () -> admins.transfer(rae));
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
          admins.administration().require(rae, Right.LOOK);
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
}

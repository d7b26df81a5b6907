package dev.credence.server.core;

import static dev.credence.server.core.AdministratorWorld.agent;
import static dev.credence.server.core.AdministratorWorld.match;
import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.testing.CoreWorld;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an operator stops, no registrar undoes.
final class AdministratorBarsTest {
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
  void whatAnOperatorSuspended_noRegistrarResumes() throws Exception {
    Actor.Administrator rae = admins.registrar();
    Actor.Administrator ada = admins.enrolled("ada", "operator");
    ChangeSubjectState states = world.core.life().states();
    // Its own suspension it takes back; an operator's, also of what was suspended already, not.
    var _ = states.suspend(rae, admins.ask(), agent("team/bot"));
    var _ = states.resume(rae, admins.ask(), agent("team/bot"));
    for (Actor above : List.of(ada, CoreWorld.ADMIN)) {
      for (boolean first : List.of(true, false)) {
        if (!first) {
          var _ = states.suspend(rae, admins.ask(), agent("team/bot"));
        }
        var suspended = states.suspend(above, admins.ask(), agent("team/bot"));
        assertThat(suspended.report().fields())
            .extracting(it -> it.field())
            .containsExactly(first ? "state" : "held-by");
        var again = states.suspend(rae, admins.ask(), agent("team/bot"));
        assertThat(again.report().fields()).isEmpty();
        String held =
            "administrator rae: agent team/bot was suspended by an operator, or at the local socket"
                + " (expected: role operator)";
        refused(Kind.REFUSED, held, () -> states.resume(rae, admins.ask(), agent("team/bot")));
        refused(Kind.REFUSED, held, () -> states.resume(rae, ChangeAsk.dry(), agent("team/bot")));
        assertThat(world.refusals()).contains(held);
        var resumed = states.resume(ada, admins.ask(), agent("team/bot"));
        assertThat(resumed.now().subject().state()).isEqualTo(SubjectState.ACTIVE);
      }
    }
    var _ = states.suspend(rae, admins.ask(), agent("team/bot"));
    var _ = states.resume(rae, admins.ask(), agent("team/bot"));
  }

  @Test
  void anOperatorsBar_bindsItsUidThere_forAllThatARegistrarRegistered() throws Exception {
    Actor.Administrator rae = admins.registrar();
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(rae, world.request(), CoreWorld.newAgent("team", "twin", "unix:uid:1000"));
    String revoked = admins.execution(mine, "unix:uid:1000");
    String twins = admins.execution(twin, "unix:uid:1000");
    String rivals = admins.execution(rival, "unix:uid:1001");
    var done =
        world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "exfiltrates");
    // What else runs under that uid: a registrar's ends, an operator's stays.
    assertThat(done.others()).isEqualTo(1);
    assertThat(admins.endOf(twins)).contains("barred");
    assertThat(admins.endOf(rivals)).isEmpty();
    Refusals.refusedLike(
        Kind.REFUSED,
        "agent team/twin: a registrar registered it, and uid 1000 is barred on node .* since .*,"
            + " when execution "
            + revoked
            + " was revoked \\(expected: lifted with credence execution unbar, or selectors that"
            + " an operator gave\\)",
        () -> admins.execution(twin, "unix:uid:1000"));
    // A set of selectors added to an operator's agent is a registrar's too.
    var added =
        world
            .core
            .life()
            .registrations()
            .add(rae, admins.ask(), agent("team/bot"), match("unix:gid:1000"));
    assertThat(added.now().registrations().getLast().byRegistrar()).isTrue();
    assertThat(added.now().registrations().getFirst().byRegistrar()).isFalse();
    // An operator's agent for that uid, and another node, are other matters.
    var _ = admins.execution(rival, "unix:uid:1001");
    var elsewhere = world.join(Map.of());
    var _ = admins.executionOn(elsewhere, twin, "unix:uid:1000");
  }

  @Test
  void aLiftedBar_bindsNobody() throws Exception {
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(
                admins.registrar(),
                world.request(),
                CoreWorld.newAgent("team", "twin", "unix:uid:1000"));
    String revoked = admins.execution(mine, "unix:uid:1000");
    var _ = world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "");
    Refusals.refusedLike(
        Kind.REFUSED,
        "agent team/twin: a registrar registered it.*",
        () -> admins.execution(twin, "unix:uid:1000"));
    var _ = world.core.liftBar().run(CoreWorld.ADMIN, world.request(), revoked, "");
    var _ = admins.execution(twin, "unix:uid:1000");
  }

  @Test
  void anExecutionThatGoesOnUnderARegistrarsSet_doesNotEscapeTheBarOnItsUid() throws Exception {
    SubjectView other = world.create(CoreWorld.newAgent("team", "other", "unix:uid:1000"));
    String runs = admins.execution(other, "unix:uid:1000", "unix:gid:1000");
    var registrations = world.core.life().registrations();
    var _ =
        registrations.add(
            admins.registrar(), admins.ask(), agent("team/other"), match("unix:gid:1000"));
    String revoked = admins.execution(mine, "unix:uid:1000");
    var _ = world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "");
    assertThat(admins.endOf(runs)).as("an operator's").isEmpty();
    String first = other.registrations().getFirst().id().toString();
    var _ = registrations.remove(CoreWorld.ADMIN, admins.ask(), agent("team/other"), first);
    assertThat(admins.endOf(runs)).contains("unregistered");
  }

  @Test
  void barOnAUid_isOnTokensToo() throws Exception {
    SubjectView twin =
        world
            .core
            .createSubject()
            .run(
                admins.registrar(),
                world.request(),
                CoreWorld.newAgentWithJwt("team", "twin", "unix:uid:1000"));
    Id runs = Id.parse(admins.execution(twin, "unix:uid:1000"));
    var asked = new IssueJwtSvid.Asked(node.startId(), runs, List.of("audience"), Optional.empty());
    var _ = world.core.issueJwtSvid().run(node.id(), world.request(), asked);
    Id barred = Id.parse(admins.execution(mine, "unix:uid:1000"));
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
            .run(
                admins.registrar(),
                world.request(),
                CoreWorld.newAgent("team", "twin", "unix:uid:1000"));
    SubjectView other = world.create(CoreWorld.newAgent("team", "other", "unix:uid:1000"));
    for (SubjectView gone : List.of(twin, other)) {
      Id ended = Id.parse(admins.execution(gone, "unix:uid:1000"));
      var report = new EndExecution.Report(node.startId(), ended, "process-exited");
      var _ = world.core.endExecution().byNode(node.id(), world.request(), report);
    }
    String revoked = admins.execution(mine, "unix:uid:1000");
    var _ = world.core.revokeExecution().run(CoreWorld.ADMIN, world.request(), revoked, "");
    List<RevokedCertificate> listed =
        world.store.read(view -> view.revoked().unexpired(world.clock.instant(), 9));
    assertThat(listed).as("its own, and the registrar's of that uid; not an operator's").hasSize(2);
  }
}

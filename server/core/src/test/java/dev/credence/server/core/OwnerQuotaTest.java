package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.ApplyReport.Counts;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CoreSettings.Lifetimes;
import dev.credence.server.core.CoreSettings.Limits;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What one owner may have.
final class OwnerQuotaTest {
  private static final String FULL =
      "owner team: too many %s (expected: at most %d that are not retired;"
          + " admin.subjects_per_owner in the server's configuration)";

  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    var standard = CoreWorld.settings(false);
    world =
        CoreWorld.with(
            new MemoryStore(),
            new CoreSettings(
                standard.trustDomain(),
                false,
                Lifetimes.standard(),
                Limits.standard().withSubjectsPerOwner(2),
                standard.address()));
    var _ = world.owner("team");
    var _ = world.owner("other");
  }

  @AfterEach
  void end() {
    world.close();
  }

  private SubjectView create(String owner, String name) throws ServerException {
    return world.create(CoreWorld.newAgent(owner, name, "unix:uid:1"));
  }

  private ChangeAsk ask() {
    return ChangeAsk.now(world.request(), "");
  }

  @Test
  void agentsOfOneOwner_areBounded_retiredOnesDoNotCount() throws Exception {
    var _ = create("team", "one");
    var _ = create("team", "two");
    refused(Kind.EXHAUSTED, FULL.formatted("agents and services", 2), () -> create("team", "more"));
    var _ = create("other", "one");
    var states = world.core.life().states();
    var _ = states.suspend(CoreWorld.ADMIN, ask(), new Which(SubjectKind.AGENT, "team/one"));
    refused(Kind.EXHAUSTED, FULL.formatted("agents and services", 2), () -> create("team", "more"));
    var _ = states.retire(CoreWorld.ADMIN, ask(), new Which(SubjectKind.AGENT, "team/one"));
    var _ = create("team", "more");
  }

  @Test
  void setsOfSelectors_areBounded() throws Exception {
    var _ = create("team", "one");
    for (int gid = 1; gid < 2 * OwnerQuota.SETS_EACH; gid++) {
      add(gid);
    }
    refused(Kind.EXHAUSTED, FULL.formatted("sets of selectors", 8), () -> add(99));
  }

  private static Declared agent(String owner, String name, String from) {
    return new Declared.Subject(
        "f:1",
        new Declared.Subject.Handle(SubjectKind.AGENT, owner, name, from),
        List.of(new Match(List.of(CoreWorld.raw("unix:uid:1")), List.of(), true)),
        new Profile(Optional.empty(), List.of(), ""),
        Governance.none());
  }

  private ApplyReport apply(boolean prune, Declared... declared) throws ServerException {
    var ask =
        new ApplyAsk(
            Optional.of(world.request()),
            "",
            false,
            new ApplyAsk.Scope("agents", prune, false),
            ApplyAsk.Expected.anything());
    return world.core.life().sets().apply().run(CoreWorld.ADMIN, ask, List.of(declared));
  }

  @Test
  void whatIsPruned_makesRoom_inTheSameFile() throws Exception {
    var _ = apply(false, agent("team", "one", ""), agent("team", "two", ""));
    var replaced = new Declared[] {agent("team", "one", ""), agent("team", "three", "")};
    refusedLike(Kind.INVALID, ".*too many agents and services.*", () -> apply(false, replaced));
    assertThat(apply(true, replaced).counts()).isEqualTo(new Counts(1, 0, 0, 1, 1));
    refusedLike(
        Kind.INVALID,
        ".*too many agents and services.*",
        () ->
            apply(
                true,
                agent("team", "four", ""),
                agent("team", "five", ""),
                agent("team", "three", "")));
  }

  @Test
  void handOvers_areNotRefused_byApplyEither() throws Exception {
    var _ = create("team", "one");
    var _ = create("team", "two");
    var _ = create("other", "bot");
    assertThat(apply(false, agent("team", "bot", "other")).counts())
        .isEqualTo(new Counts(0, 0, 1, 0, 0));
    refusedLike(
        Kind.INVALID,
        ".*too many agents and services.*",
        () -> apply(false, agent("team", "more", "")));
  }

  private Object add(int gid) throws ServerException {
    var match = new Match(List.of(CoreWorld.raw("unix:gid:" + gid)), List.of(), true);
    return world
        .core
        .life()
        .registrations()
        .add(CoreWorld.ADMIN, ask(), new Which(SubjectKind.AGENT, "team/one"), match);
  }
}

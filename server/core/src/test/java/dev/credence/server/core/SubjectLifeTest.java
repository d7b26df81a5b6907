package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.Push.RegistryPush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.UpdateSubject.Patch;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Changes of agents while a node holds an open stream.
final class SubjectLifeTest {
  private static final Which BOT = new Which(SubjectKind.AGENT, "finance/bot");
  private static final String THING = "agent finance/bot";
  private static final String UID = "unix:uid:1000";
  private static final String GID = "unix:gid:1000";

  private CoreWorld world;
  private CoreWorld.Joined node;
  private SubjectView bot;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("finance");
    bot = world.create(CoreWorld.newAgent("finance", "bot", UID));
    node = world.join(Map.of());
    var _ = pushes();
  }

  @AfterEach
  void end() {
    world.close();
  }

  private Life life() {
    return world.core.life();
  }

  private ChangeAsk ask(String reason) {
    return ChangeAsk.now(world.request(), reason);
  }

  private List<Push> pushes() {
    List<Push> all = new ArrayList<>();
    for (var next = node.stream().next(); next.isPresent(); next = node.stream().next()) {
      all.add(next.get());
    }
    return all;
  }

  private Id open(ProcessSeen process, String... selectors) throws ServerException {
    RegistryEntry entry = world.core.registry().of(bot.subject().id()).getFirst();
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
                CoreWorld.attestation(process, selectors)),
            world.csr())
        .execution();
  }

  private NewEvent lastOf(String kind) throws ServerException {
    return world.events().stream()
        .map(it -> it.event().what())
        .filter(it -> it.kind().label().equals(kind))
        .reduce((_, newer) -> newer)
        .orElseThrow();
  }

  private String endOf(Id execution) throws ServerException {
    return world
        .core
        .queries()
        .execution(execution.toString())
        .execution()
        .end()
        .map(it -> it.reason())
        .orElse("");
  }

  private NewEvent refusedBy(Id reporter, Id subject, String step) throws ServerException {
    world
        .core
        .recordRefusals()
        .run(
            reporter,
            List.of(
                new NodeRefusal(
                    "launch",
                    "no account of that name",
                    new NodeRefusal.Caller(OptionalInt.of(7), 1000, 1000, "/usr/bin/java"),
                    1,
                    NodeRefusal.Suggestion.NONE,
                    new NodeRefusal.Aim(subject.toString(), step, "\"python3\""))));
    return lastOf("refused");
  }

  @Test
  void refusedLaunch_isAboutTheAgent_ofNodesThatItIsMeantFor() throws Exception {
    Id agent = bot.subject().id();
    NewEvent event = refusedBy(node.id(), agent, "user");
    assertThat(event.about().subject()).contains(agent);
    assertThat(event.about().owner()).contains(bot.subject().handle().ownerId());
    assertThat(event.about().node()).contains(node.id());
    assertThat(event.details())
        .containsEntry("operation", "launch")
        .containsEntry("step", "user")
        .containsEntry("program", "\"python3\"")
        .containsEntry("pid", "7");
    assertThat(refusedBy(node.id(), agent, "code").details())
        .as("at another step: another event")
        .containsEntry("step", "code");
    assertThat(refusedBy(node.id(), node.id(), "agent").about().subject())
        .as("no such agent")
        .isEmpty();
    Id elsewhere =
        world.create(CoreWorld.newAgentOn("role:gpu", "finance", "other", UID)).subject().id();
    assertThat(refusedBy(node.id(), elsewhere, "start").about().subject())
        .as("one that is for other nodes: this one has no say in it")
        .isEmpty();
  }

  @Test
  void suspend_endsWhatRuns_tellsTheNodeFirstTheRegistryThenTheEnd() throws Exception {
    Id execution = open(world.process(), UID);
    var _ = pushes();

    var changed = life().states().suspend(CoreWorld.ADMIN, ask("incident 7"), BOT);

    assertThat(changed.now().subject().state()).isEqualTo(SubjectState.SUSPENDED);
    assertThat(changed.report().fields())
        .containsExactly(new FieldChange(THING, "state", "active", "suspended"));
    assertThat(changed.report().executions().shown())
        .extracting(Affected::execution, Affected::effect, Affected::reason)
        .containsExactly(tuple(execution, Effect.ENDS, "subject-suspended"));
    assertThat(endOf(execution)).isEqualTo("subject-suspended");
    List<Push> told = pushes();
    assertThat(told).hasSize(2);
    assertThat(((RegistryPush) told.getFirst()).registrations())
        .extracting(RegistryEntry::withheld)
        .containsExactly(Withheld.SUBJECT_SUSPENDED);
    assertThat(((EndedPush) told.getLast()).executions())
        .containsExactly(new Push.Ended(execution, "subject-suspended"));
    assertThat(lastOf("agent-suspended").details())
        .containsEntry("state.from", "active")
        .containsEntry("state.to", "suspended")
        .containsEntry("reason", "incident 7");
    assertThat(lastOf("agent-suspended").actor()).isEqualTo(CoreWorld.ADMIN);
  }

  @Test
  void whileSuspended_nothingIsIssued_andResumeLetsItAgain() throws Exception {
    var _ = life().states().suspend(CoreWorld.ADMIN, ask(""), BOT);
    ProcessSeen process = world.process();
    refused(
        Kind.REFUSED, "agent finance/bot: suspended (expected: active)", () -> open(process, UID));

    var changed = life().states().resume(CoreWorld.ADMIN, ask("all clear"), BOT);

    assertThat(changed.now().subject().state()).isEqualTo(SubjectState.ACTIVE);
    assertThat(endOf(open(process, UID))).isEmpty();
    assertThat(world.eventKinds()).contains("agent-resumed");
  }

  @Test
  void dryRun_saysTheSame_changesNothing_leavesNoEvent() throws Exception {
    Id execution = open(world.process(), UID);
    int events = world.events().size();
    var _ = pushes();

    var dry = life().states().retire(CoreWorld.ADMIN, ChangeAsk.dry(), BOT);

    assertThat(dry.report().done()).isFalse();
    assertThat(endOf(execution)).isEmpty();
    assertThat(world.events()).hasSize(events);
    assertThat(pushes()).isEmpty();
    var real = life().states().retire(CoreWorld.ADMIN, ask(""), BOT);
    assertThat(real.report().done()).isTrue();
    assertThat(real.report().fields()).isEqualTo(dry.report().fields());
    assertThat(real.report().executions()).isEqualTo(dry.report().executions());
  }

  @Test
  void dryRun_thatWouldBeRefused_leavesNoEventEither() throws Exception {
    int events = world.events().size();
    refused(
        Kind.NOT_FOUND,
        "agent \"nobody\": not found",
        () ->
            life()
                .states()
                .suspend(CoreWorld.ADMIN, ChangeAsk.dry(), new Which(SubjectKind.AGENT, "nobody")));
    assertThat(world.events()).hasSize(events);
  }

  @Test
  void sameRequest_getsTheSameAnswer_andIsDoneOnce() throws Exception {
    var _ = open(world.process(), UID);
    ChangeAsk ask = ask("once");
    var first = life().states().suspend(CoreWorld.ADMIN, ask, BOT);
    int events = world.events().size();

    var second = life().states().suspend(CoreWorld.ADMIN, ask, BOT);

    assertThat(second.report()).isEqualTo(first.report());
    assertThat(second.now()).isEqualTo(first.now());
    assertThat(world.events()).hasSize(events);
    refusedLike(
        Kind.REQUEST_REUSED,
        "request id .*: used before for another question .*",
        () -> life().states().retire(CoreWorld.ADMIN, ask, BOT));
  }

  @Test
  void whatIsSoAlready_isNoChange() throws Exception {
    var _ = life().states().suspend(CoreWorld.ADMIN, ask(""), BOT);
    int events = world.events().size();
    var again = life().states().suspend(CoreWorld.ADMIN, ask(""), BOT);
    assertThat(again.report().fields()).isEmpty();
    assertThat(world.events()).hasSize(events);
  }

  @Test
  void otherRevisionThanExpected_isRefused() throws Exception {
    long revision = bot.subject().revision();
    var _ =
        life()
            .states()
            .suspend(
                CoreWorld.ADMIN,
                new ChangeAsk(Optional.of(world.request()), "", false, revision),
                BOT);
    refused(
        Kind.STALE,
        Texts.format(
            "agent finance/bot: revision %d (expected: %d; look at it again)",
            revision + 1, revision),
        () ->
            life()
                .states()
                .resume(
                    CoreWorld.ADMIN,
                    new ChangeAsk(Optional.of(world.request()), "", false, revision),
                    BOT));
  }

  @Test
  void retired_isFinal_andItsNameIsNeverUsedAgain() throws Exception {
    var _ = life().states().retire(CoreWorld.ADMIN, ask("done with it"), BOT);
    String when = world.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    refused(
        Kind.INVALID,
        "agent finance/bot: retired at " + when + " (retired is final: create another one)",
        () -> life().states().resume(CoreWorld.ADMIN, ask(""), BOT));
    refused(
        Kind.ALREADY_EXISTS,
        "agent finance/bot: retired at " + when + " (expected: a name never used before)",
        () -> world.create(CoreWorld.newAgent("finance", "bot", "unix:uid:7")));
    // A service is another kind of thing, and the name may be used under another owner.
    var _ = world.owner("ops");
    var _ = world.create(CoreWorld.newAgent("ops", "bot", "unix:uid:7"));
  }

  @Test
  void restartedServer_stillTellsNodesWhatIsWithheld() throws Exception {
    var _ = life().states().suspend(CoreWorld.ADMIN, ask(""), BOT);
    try (ServerCore again = world.restarted()) {
      assertThat(again.registry().of(bot.subject().id()))
          .extracting(RegistryEntry::withheld)
          .containsExactly(Withheld.SUBJECT_SUSPENDED);
    }
  }

  private static Patch patch(Set<SubjectField> fields, Profile profile) {
    return new Patch(fields, profile, Governance.none());
  }

  @Test
  void update_changesWhatWasNamed_andNothingElse() throws Exception {
    Id execution = open(world.process(), UID);
    var patch =
        patch(
            Set.of(SubjectField.SVID_TTL, SubjectField.DNS_NAMES),
            new Profile(Optional.of(Duration.ofMinutes(5)), List.of("a.example"), "not this one"));

    var changed = life().updates().run(CoreWorld.ADMIN, ask("shorter"), BOT, patch);

    assertThat(changed.report().fields())
        .containsExactly(
            new FieldChange(THING, "svid-ttl", "10m", "5m"),
            new FieldChange(THING, "dns-names", "", "a.example"));
    assertThat(changed.now().subject().svid().hint()).isEmpty();
    assertThat(changed.now().subject().revision()).isGreaterThan(bot.subject().revision());
    assertThat(changed.report().executions().shown())
        .extracting(Affected::effect)
        .containsExactly(Effect.RENEWS);
    assertThat(endOf(execution)).isEmpty();
    assertThat(lastOf("agent-updated").details())
        .containsEntry("svid-ttl.from", "10m")
        .containsEntry("svid-ttl.to", "5m")
        .containsEntry("dns-names.to", "a.example")
        .containsEntry("reason", "shorter");
  }

  @Test
  void update_ofWhatNoCertificateSays_renewsNothing() throws Exception {
    Id execution = open(world.process(), UID);
    Governance none = Governance.none();
    var patch =
        new Patch(
            Set.of(SubjectField.PURPOSE),
            new Profile(Optional.empty(), List.of(), ""),
            new Governance(
                "pays invoices",
                none.scope(),
                none.authority(),
                none.approvals(),
                none.minimum(),
                none.life()));

    var changed = life().updates().run(CoreWorld.ADMIN, ask(""), BOT, patch);

    assertThat(changed.now().subject().revision()).isGreaterThan(bot.subject().revision());
    assertThat(changed.report().executions().shown())
        .extracting(Affected::execution, Affected::effect)
        .containsExactly(tuple(execution, Effect.STAYS));
  }

  @Test
  void update_withABadValue_changesNothing() throws Exception {
    var patch =
        patch(
            Set.of(SubjectField.SVID_TTL),
            new Profile(Optional.of(Duration.ofSeconds(1)), List.of(), ""));
    refused(
        Kind.INVALID,
        "ttl: 1s (expected: whole seconds, 60s to 24h)",
        () -> life().updates().run(CoreWorld.ADMIN, ask(""), BOT, patch));
    assertThat(world.eventKinds()).doesNotContain("agent-updated");
  }

  private static Match match(String... selectors) {
    return CoreWorld.newAgent("x", "x", selectors).match();
  }

  @Test
  void removedSet_endsWhatNoOtherSetLeadsTo_andMovesTheRest() throws Exception {
    Id only = open(world.process(), UID);
    Id both = open(world.process(), UID, GID);
    var added = life().registrations().add(CoreWorld.ADMIN, ask(""), BOT, match(GID));
    assertThat(added.now().registrations()).hasSize(2);
    String first = bot.registrations().getFirst().id().toString();

    var removed = life().registrations().remove(CoreWorld.ADMIN, ask(""), BOT, first);

    assertThat(removed.now().registrations()).hasSize(1);
    assertThat(removed.report().executions().shown())
        .extracting(Affected::execution, Affected::effect)
        .containsExactlyInAnyOrder(tuple(only, Effect.ENDS), tuple(both, Effect.MOVES));
    assertThat(endOf(only)).isEqualTo("unregistered");
    assertThat(endOf(both)).isEmpty();
    refused(
        Kind.INVALID,
        Texts.format(
            "agent finance/bot: registration %s is its last (expected: another one, or suspend or"
                + " retire it)",
            removed.now().registrations().getFirst().id()),
        () ->
            life()
                .registrations()
                .remove(
                    CoreWorld.ADMIN,
                    ask(""),
                    BOT,
                    removed.now().registrations().getFirst().id().toString()));
  }

  @Test
  void aSetsOwnDemand_countsBesideTheAgents() throws Exception {
    Id both = open(world.process(), UID, GID);
    var own = new Governance.Assurance(CodeAssurance.NONE, Isolation.OWN_UID);
    var demanding = new Match(match(GID).selectors(), List.of(), true, own);
    var added = life().registrations().add(CoreWorld.ADMIN, ask(""), BOT, demanding);
    assertThat(added.now().registrations().getLast().minimum()).isEqualTo(own);
    assertThat(world.events().getLast().event().what().details())
        .containsEntry("set-minimum-isolation", "own-uid");
    String first = bot.registrations().getFirst().id().toString();

    // Its process runs beside others: the other set does not lead to it.
    var removed = life().registrations().remove(CoreWorld.ADMIN, ask(""), BOT, first);

    assertThat(removed.report().executions().shown())
        .extracting(Affected::execution, Affected::effect)
        .containsExactly(tuple(both, Effect.ENDS));
    refused(
        Kind.ALREADY_EXISTS,
        Texts.format(
            "agent finance/bot: registration %s has the same selectors",
            added.now().registrations().getLast().id()),
        () -> life().registrations().add(CoreWorld.ADMIN, ask(""), BOT, demanding));
    // Of the same selectors, the set that demands less leads to it.
    assertThat(
            life()
                .registrations()
                .add(CoreWorld.ADMIN, ask(""), BOT, match(GID))
                .now()
                .registrations())
        .hasSize(2);
  }

  @Test
  void theHigherDemandOfBothCounts() {
    var one = new Governance.Assurance(CodeAssurance.FILE, Isolation.SHARED_UID);
    var other = new Governance.Assurance(CodeAssurance.CLAIMED, Isolation.SANDBOXED);
    var both = new Governance.Assurance(CodeAssurance.FILE, Isolation.SANDBOXED);
    assertThat(one.and(other)).isEqualTo(both).isEqualTo(other.and(one));
    assertThat(one.and(Governance.Assurance.NONE)).isEqualTo(one);
  }

  @Test
  void sameSetTwice_isRefused() throws Exception {
    refused(
        Kind.ALREADY_EXISTS,
        Texts.format(
            "agent finance/bot: registration %s has the same selectors",
            bot.registrations().getFirst().id()),
        () -> life().registrations().add(CoreWorld.ADMIN, ask(""), BOT, match(UID)));
  }
}

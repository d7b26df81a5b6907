package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.server.core.ApplyReport.Action;
import dev.credence.server.core.ApplyReport.Counts;
import dev.credence.server.core.ApplyReport.PlannedChange;
import dev.credence.server.core.ApplyReport.Problem;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.Push.RegistryPush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Declared sets, against the core alone.
final class ApplySetTest {
  private static final String SET = "payments-prod";
  private static final String UID = "unix:uid:1000";

  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static Declared person(String name) {
    return new Declared.Person("f:1", name, new Accounts("", "", "", Set.of()));
  }

  private static Declared owner(String name, String human, String parent) {
    return new Declared.Owner("f:2", name, "", "", human, parent);
  }

  private static Match match(String... selectors) {
    return new Match(List.of(selectors).stream().map(CoreWorld::raw).toList(), List.of(), true);
  }

  private static Governance purpose(String purpose) {
    Governance none = Governance.none();
    return new Governance(
        purpose, none.scope(), none.authority(), none.approvals(), none.minimum(), none.life());
  }

  private static Declared.Subject agent(
      String owner, String name, String purpose, Match... registrations) {
    return new Declared.Subject(
        "f:3",
        new Declared.Subject.Handle(SubjectKind.AGENT, owner, name, ""),
        List.of(registrations),
        new Profile(Optional.empty(), List.of(), ""),
        purpose(purpose));
  }

  private static Declared.Subject from(Declared.Subject agent, String from) {
    var handle = agent.handle();
    return new Declared.Subject(
        agent.position(),
        new Declared.Subject.Handle(handle.kind(), handle.owner(), handle.name(), from),
        agent.registrations(),
        agent.svid(),
        agent.governance());
  }

  private static List<Declared> basics(Declared... more) {
    // Backwards: the order of the file is not the order of the plan.
    List<Declared> all = new ArrayList<>(List.of(more));
    all.add(owner("payments", "ada", "finance"));
    all.add(owner("finance", "ada", ""));
    all.add(person("ada"));
    return all;
  }

  private ApplyAsk ask(String set, boolean prune, boolean adopt) {
    return new ApplyAsk(
        Optional.of(world.request()),
        "review 17",
        false,
        new ApplyAsk.Scope(set, prune, adopt),
        ApplyAsk.Expected.anything());
  }

  private static ApplyAsk dry(String set, boolean prune) {
    return new ApplyAsk(
        Optional.empty(),
        "",
        true,
        new ApplyAsk.Scope(set, prune, false),
        ApplyAsk.Expected.anything());
  }

  private ApplyReport apply(ApplyAsk ask, List<Declared> declared) throws ServerException {
    return world.core.life().sets().apply().run(CoreWorld.ADMIN, ask, declared);
  }

  private SubjectView show(String reference) throws ServerException {
    return world.core.queries().subject(SubjectKind.AGENT, reference);
  }

  private long events() throws ServerException {
    return world.events().size();
  }

  private List<NewEvent> eventsSince(long number) throws ServerException {
    return world.events().stream().map(it -> it.event()).skip(number).map(it -> it.what()).toList();
  }

  private static List<Push> pushes(CoreWorld.Joined node) {
    List<Push> all = new ArrayList<>();
    for (var next = node.stream().next(); next.isPresent(); next = node.stream().next()) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void everything_isMade_inTheOrderThatReferencesNeed_withOneEventEach() throws Exception {
    long before = events();
    var declared = basics(agent("payments", "bot", "books", match(UID), match("unix:uid:1001")));

    var report = apply(ask(SET, false, false), declared);

    assertThat(report.done()).isTrue();
    assertThat(report.counts()).isEqualTo(new Counts(4, 0, 0, 0, 0));
    assertThat(eventsSince(before))
        .extracting(it -> it.kind().label())
        .containsExactly("person-created", "owner-created", "owner-created", "agent-created");
    NewEvent created = eventsSince(before).getLast();
    assertThat(created.details())
        .containsEntry("name", "payments/bot")
        .containsEntry("purpose.to", "books")
        .containsEntry("registration-1.to", UID + " on any")
        .containsEntry("registration-2.to", "unix:uid:1001 on any")
        .containsEntry("set.to", SET)
        .containsEntry("reason", "review 17");
    assertThat(created.actor()).isEqualTo(CoreWorld.ADMIN);
    assertThat(created.request()).isPresent();
    assertThat(show("payments/bot").registrations()).hasSize(2);
    assertThat(members(SET))
        .extracting(SetView::thing)
        .containsExactly("person ada", "owner finance", "owner payments", "agent payments/bot");
  }

  @Test
  void aSetsMinimum_isPartOfIt_andAnotherOneIsAnotherSet() throws Exception {
    var least = new Governance.Assurance(CodeAssurance.FILE, Isolation.OWN_UID);
    var demanding = new Match(match(UID).selectors(), List.of(), true, least);
    var _ = apply(ask(SET, false, false), basics(agent("payments", "bot", "", demanding)));
    assertThat(show("payments/bot").registrations())
        .extracting(Registration::minimum)
        .containsExactly(least);
    // What is in force by two commands can be declared too, as it is exported.
    var both = basics(agent("payments", "bot", "", demanding, match(UID)));
    var _ = apply(ask(SET, false, false), both);
    long before = events();
    assertThat(apply(ask(SET, false, false), both).counts()).isEqualTo(new Counts(0, 0, 0, 0, 4));
    assertThat(events()).isEqualTo(before);
    var _ = apply(ask(SET, false, false), basics(agent("payments", "bot", "", match(UID))));
    assertThat(eventsSince(before).getLast().details())
        .containsEntry(
            "registration-1.from", UID + " on any with code file, isolation own-uid or more");
    assertThat(show("payments/bot").registrations())
        .extracting(Registration::minimum)
        .containsExactly(Governance.Assurance.NONE);
  }

  @Test
  void again_nothingChanges_andNoEventIsWritten() throws Exception {
    var declared = basics(agent("payments", "bot", "", match(UID)));
    var _ = apply(ask(SET, false, false), declared);
    long before = events();

    var report = apply(ask(SET, true, false), declared);

    assertThat(report.counts()).isEqualTo(new Counts(0, 0, 0, 0, 4));
    assertThat(events()).isEqualTo(before);
  }

  @Test
  void sameRequest_getsTheSameAnswer_andOneThatAsksForSomethingElseIsRefused() throws Exception {
    ApplyAsk ask = ask(SET, false, false);
    var first = apply(ask, basics());
    long before = events();

    assertThat(apply(ask, basics())).isEqualTo(first);
    assertThat(events()).isEqualTo(before);
    refusedLike(
        Kind.REQUEST_REUSED,
        "request id .*",
        () -> apply(ask, basics(agent("payments", "bot", "", match(UID)))));
  }

  @Test
  void dryRun_tellsTheSamePlan_andChangesNothing() throws Exception {
    var declared = basics(agent("payments", "bot", "books", match(UID)));
    long before = events();

    var told = apply(dry(SET, false), declared);

    assertThat(told.done()).isFalse();
    assertThat(told.told().changes())
        .extracting(PlannedChange::action, PlannedChange::thing, PlannedChange::position)
        .containsExactly(
            tuple(Action.CREATE, "person ada", "f:1"),
            tuple(Action.CREATE, "owner finance", "f:2"),
            tuple(Action.CREATE, "owner payments", "f:2"),
            tuple(Action.CREATE, "agent payments/bot", "f:3"));
    assertThat(told.told().changes().getLast().fields())
        .contains(new FieldChange("agent payments/bot", "purpose", "", "books"));
    assertThat(events()).isEqualTo(before);
    assertThat(apply(ask(SET, false, false), declared).plan()).isEqualTo(told.plan());
  }

  @Test
  void change_isOneEvent_withOldAndNewValues_andTellsWhatBecomesOfExecutions() throws Exception {
    var _ = apply(ask(SET, false, false), basics(agent("payments", "bot", "a", match(UID))));
    var node = world.join(Map.of());
    var _ = pushes(node);
    RegistryEntry entry = world.core.registry().of(show("payments/bot").subject().id()).getFirst();
    Id execution = open(node, entry);
    long before = events();

    var report =
        apply(
            ask(SET, false, false), basics(agent("payments", "bot", "b", match("unix:uid:4242"))));

    assertThat(report.counts()).isEqualTo(new Counts(0, 1, 0, 0, 3));
    assertThat(report.executions().shown())
        .extracting(Affected::execution, Affected::effect)
        .containsExactly(tuple(execution, Effect.ENDS));
    NewEvent updated = eventsSince(before).getFirst();
    assertThat(updated.kind().label()).isEqualTo("agent-updated");
    assertThat(updated.details())
        .containsEntry("purpose.from", "a")
        .containsEntry("purpose.to", "b")
        .containsEntry("registration-1.from", UID + " on any")
        .containsEntry("registration-2.to", "unix:uid:4242 on any");
    List<Push> told = pushes(node);
    assertThat(told.getFirst()).isInstanceOf(RegistryPush.class);
    assertThat(told.getLast()).isInstanceOf(EndedPush.class);
  }

  private Id open(CoreWorld.Joined node, RegistryEntry entry) throws ServerException {
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
                CoreWorld.attestation(world.process(), UID)),
            world.csr())
        .execution();
  }

  @Test
  void nodes_hearOfAllOfItInOnePush() throws Exception {
    var node = world.join(Map.of());
    var _ = pushes(node);
    Declared[] agents =
        IntStream.range(0, 300)
            .mapToObj(i -> agent("payments", "bot-" + i, "", match("unix:uid:" + (2000 + i))))
            .toArray(Declared[]::new);

    var _ = apply(ask(SET, false, false), basics(agents));

    List<Push> told = pushes(node);
    assertThat(told).hasSize(1);
    assertThat(((RegistryPush) told.getFirst()).registrations()).hasSize(300);
  }

  @Test
  void transfer_keepsTheAgent_andItsOldNameIsSpent_andAgainItIsDone() throws Exception {
    var bot = agent("payments", "bot", "", match(UID));
    var _ = apply(ask(SET, false, false), basics(bot));
    Id id = show("payments/bot").subject().id();
    var moved = from(agent("finance", "bot", "moved", match(UID)), "payments");
    long before = events();

    var report = apply(ask(SET, true, false), basics(moved));

    assertThat(report.counts()).isEqualTo(new Counts(0, 0, 1, 0, 3));
    assertThat(show("finance/bot").subject().id()).isEqualTo(id);
    assertThat(eventsSince(before))
        .extracting(it -> it.kind().label())
        .containsExactly("agent-transferred");
    assertThat(eventsSince(before).getFirst().details())
        .containsEntry("spiffe-id.from", "spiffe://example.org/agent/payments/bot")
        .containsEntry("spiffe-id.to", "spiffe://example.org/agent/finance/bot")
        .containsEntry("purpose.to", "moved");
    assertThat(apply(ask(SET, true, false), basics(moved)).counts().unchanged()).isEqualTo(4);
    refusedLike(
        Kind.INVALID,
        "f:3: agent payments/bot: agent payments/bot: transferred at .* \\(expected: a name never"
            + " used before\\)",
        () -> apply(ask(SET, false, false), basics(moved, bot)));
  }

  @Test
  void prune_retiresWhatTheSetMadeAndNoLongerDeclares_andNothingElse() throws Exception {
    var _ =
        apply(
            ask(SET, false, false),
            basics(
                agent("payments", "old", "", match(UID)),
                agent("payments", "kept", "", match(UID))));
    var _ = world.create(CoreWorld.newAgent("payments", "by-hand", UID));
    var _ = apply(ask("other", false, false), List.of(agent("payments", "others", "", match(UID))));
    List<Declared> less = List.of(agent("payments", "kept", "", match(UID)));

    assertThat(apply(dry(SET, false), less).told().left())
        .containsExactly("person ada", "owner finance", "owner payments", "agent payments/old");
    assertThat(apply(dry(SET, true), less).told().changes())
        .extracting(PlannedChange::action, PlannedChange::thing)
        .containsExactly(tuple(Action.RETIRE, "agent payments/old"));
    var report = apply(ask(SET, true, false), less);

    assertThat(report.counts()).isEqualTo(new Counts(0, 0, 0, 1, 1));
    assertThat(show("payments/old").subject().state()).isEqualTo(SubjectState.RETIRED);
    for (String alive : List.of("payments/by-hand", "payments/others", "payments/kept")) {
      assertThat(show(alive).subject().state()).isEqualTo(SubjectState.ACTIVE);
    }
    assertThat(apply(ask(SET, true, false), less).counts()).isEqualTo(new Counts(0, 0, 0, 0, 1));
    refusedLike(
        Kind.INVALID,
        "f:3: agent payments/old: agent payments/old: retired.*",
        () -> apply(ask(SET, false, false), List.of(agent("payments", "old", "", match(UID)))));
  }

  @Test
  void anothersSet_isNotTouched_unlessAdopted_andWhatWasMadeByHandJoinsOnlyThen() throws Exception {
    var _ = apply(ask(SET, false, false), basics(agent("payments", "bot", "", match(UID))));
    var _ = world.create(CoreWorld.newAgent("payments", "hand", UID));
    List<Declared> same =
        List.of(
            agent("payments", "bot", "", match(UID)), agent("payments", "hand", "", match(UID)));

    refused(
        Kind.INVALID,
        "f:3: agent payments/bot: belongs to set payments-prod (expected: one of set other, or of"
            + " none; to take it over: --adopt, with a set)",
        () -> apply(ask("other", false, false), same));
    refusedLike(
        Kind.INVALID,
        ".*belongs to set payments-prod \\(expected: one of no set.*",
        () -> apply(ask("", false, false), same));

    var hand = List.<Declared>of(agent("payments", "hand", "new", match(UID)));
    assertThat(apply(ask("other", false, false), hand).counts().updated()).isEqualTo(1);
    assertThat(members("other")).isEmpty();

    long number = world.core.registry().number();
    long before = events();
    var adopted = apply(ask("other", false, true), same);
    assertThat(adopted.counts().updated()).isEqualTo(2);
    assertThat(eventsSince(before).getFirst().details())
        .containsEntry("set.from", SET)
        .containsEntry("set.to", "other");
    assertThat(members("other"))
        .extracting(SetView::thing)
        .containsExactly("agent payments/bot", "agent payments/hand");
    // One of them changed as well; whose set it is concerns no node.
    assertThat(world.core.registry().number()).isEqualTo(number + 1);
  }

  @Test
  void oneThatFails_inTheMiddle_changesNothing_andAllProblemsAreTold() throws Exception {
    long before = world.core.registry().number();
    var declared =
        basics(
            agent("payments", "good", "", match(UID)),
            agent("payments", "bad", "", match("unix:nothing:1")),
            agent("nowhere", "lost", "", match(UID)),
            agent("payments", "empty", ""),
            agent("payments", "good", "", match(UID)),
            agent("broken", "rests-on-it", "", match(UID)),
            owner("broken", "nobody", ""));

    var told = apply(dry(SET, true), declared);

    assertThat(told.told().problems())
        .extracting(Problem::thing)
        .containsExactlyInAnyOrder(
            "agent payments/good",
            "owner broken",
            "agent payments/bad",
            "agent nowhere/lost",
            "agent payments/empty");
    assertThat(told.told().problems())
        .extracting(Problem::message)
        .contains("declared at f:3 too (expected: once)", "person \"nobody\": not found");
    refusedLike(Kind.INVALID, "f:3: .*", () -> apply(ask(SET, false, false), declared));
    assertThat(world.core.registry().number()).isEqualTo(before);
    assertThat(members("")).isEmpty();
    assertThat(world.refusals()).hasSize(1);
  }

  @Test
  void planThatWasShown_isTheOneThatIsCarriedOut() throws Exception {
    var _ = apply(ask(SET, false, false), basics(agent("payments", "bot", "a", match(UID))));
    var declared = basics(agent("payments", "bot", "b", match(UID)));
    var told = apply(dry(SET, false), declared);
    var expected =
        new ApplyAsk.Expected(
            told.plan(), Map.of("agent payments/bot", show("payments/bot").subject().revision()));
    var _ =
        world
            .core
            .life()
            .states()
            .suspend(
                CoreWorld.ADMIN,
                ChangeAsk.now(world.request(), ""),
                new Which(SubjectKind.AGENT, "payments/bot"));

    ApplyAsk now = ask(SET, false, false);
    refused(
        Kind.STALE,
        "the plan is another one by now: changed meanwhile: agent payments/bot (expected: "
            + told.plan()
            + "; look at it again)",
        () -> apply(new ApplyAsk(now.request(), "", false, now.scope(), expected), declared));

    assertThat(show("payments/bot").subject().governance().purpose()).isEqualTo("a");
    // Declared again, and still suspended: a file never takes back what was done in an incident.
    var _ = apply(ask(SET, false, false), declared);
    assertThat(show("payments/bot").subject().state()).isEqualTo(SubjectState.SUSPENDED);
  }

  @Test
  void whatComesToNothing_neverEntersTheWriter() throws Exception {
    var store = new MemoryStore();
    try (CoreWorld other = CoreWorld.in(store)) {
      // Whoever wrote would be told UNAVAILABLE.
      store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
      var apply = other.core.life().sets().apply();
      refusedLike(
          Kind.INVALID,
          ".*owner payments.*",
          () ->
              apply.run(
                  CoreWorld.ADMIN,
                  ask(SET, false, false),
                  List.of(owner("payments", "nobody", ""))));
    }
  }

  @Test
  void circleOfParents_andBounds_areRefused() throws Exception {
    refusedLike(
        Kind.INVALID,
        "f:2: owner a: parent: b, and so in a circle.*; f:2: owner b: parent: a.*",
        () ->
            apply(
                ask(SET, false, false),
                List.of(person("ada"), owner("a", "ada", "b"), owner("b", "ada", "a"))));
    refused(
        Kind.INVALID,
        "declarations: none (expected: at least one)",
        () -> apply(ask(SET, true, false), List.of()));
    refusedLike(
        Kind.INVALID, "prune: without a set.*", () -> apply(ask("", true, false), basics()));
    List<Declared> many =
        IntStream.rangeClosed(0, ApplySet.MOST_OBJECTS).mapToObj(i -> person("p" + i)).toList();
    refused(
        Kind.EXHAUSTED,
        "declarations: 5001 (expected: at most 5000 at once)",
        () -> apply(ask(SET, false, false), many));
  }

  @Test
  void parentsChange_andAccountsMoveInOneGo() throws Exception {
    var _ = apply(ask(SET, false, false), basics());
    var report =
        apply(
            ask(SET, false, false),
            List.of(
                owner("finance", "eve", "payments"),
                owner("payments", "ada", ""),
                new Declared.Person("f:9", "eve", new Accounts("", "", "eve", Set.of(7)))));
    assertThat(report.counts()).isEqualTo(new Counts(1, 2, 0, 0, 0));
    assertThat(world.core.queries().owner("finance").parent().orElseThrow().value())
        .isEqualTo("payments");
    refusedLike(
        Kind.INVALID,
        ".*person bob: uid 7: it stands for person eve.*",
        () ->
            apply(
                ask(SET, false, false),
                List.of(new Declared.Person("f:9", "bob", new Accounts("", "", "", Set.of(7))))));
  }

  private List<SetView> members(String set) throws ServerException {
    return world
        .core
        .life()
        .sets()
        .members()
        .list(CoreWorld.ADMIN, set, new Page.Request(1000, Optional.empty()))
        .items();
  }
}

package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.ProcessSeen.Image;
import dev.credence.server.core.model.ProcessSeen.Instance;
import dev.credence.server.core.model.ProcessSeen.Mark;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class OpenExecutionTest {
  private ExecutionsBench bench;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void twoProcesses_haveAnExecutionAKeyAndASerialEach() throws Exception {
    IssuedSvid one = bench.open(bench.matching());
    IssuedSvid two = bench.open(bench.matching());
    assertThat(one.execution()).isNotEqualTo(two.execution());
    assertThat(one.chain().getFirst().getPublicKey())
        .isNotEqualTo(two.chain().getFirst().getPublicKey());
    assertThat(one.chain().getFirst().getSerialNumber())
        .isNotEqualTo(two.chain().getFirst().getSerialNumber());
    assertThat(bench.world.core.queries().runningExecutions()).isEqualTo(2);
  }

  @Test
  void sameProcess_goesOn_underANewKey() throws Exception {
    ProcessSeen process = bench.world.process();
    IssuedSvid first = bench.open(bench.matching(process));
    IssuedSvid again = bench.open(bench.matching(process));
    assertThat(again.execution()).isEqualTo(first.execution());
    assertThat(again.chain()).isNotEqualTo(first.chain());
    assertThat(bench.world.eventKinds()).filteredOn("execution-began"::equals).hasSize(1);
    assertThat(ExecutionFacts.of(again.chain().getFirst()).orElseThrow().executionId())
        .isEqualTo(first.execution());
  }

  @Test
  void sameProcess_afterItsExecutionEnded_beginsANewOne() throws Exception {
    ProcessSeen process = bench.world.process();
    IssuedSvid first = bench.open(bench.matching(process));
    var _ =
        bench
            .world
            .core
            .endExecution()
            .byAdministrator(
                CoreWorld.ADMIN, bench.world.request(), first.execution().toString(), "");
    assertThat(bench.open(bench.matching(process)).execution()).isNotEqualTo(first.execution());
  }

  @Test
  void codeAssurance_isWhatTheMatchedSelectorsEarn_notWhatTheNodeSays() throws Exception {
    Attestation seen = bench.matching();
    var boasting =
        new Attestation(seen.process(), seen.evidence(), CodeAssurance.LAUNCHER, Isolation.OWN_UID);
    IssuedSvid svid = bench.open(boasting);
    ExecutionFacts facts = ExecutionFacts.of(svid.chain().getFirst()).orElseThrow();
    assertThat(facts.code()).isEqualTo(CodeAssurance.FILE);
    assertThat(facts.isolation()).isEqualTo(Isolation.OWN_UID);
    Attestation kept = bench.shown(svid.execution()).execution().attestation();
    assertThat(kept.code()).isEqualTo(CodeAssurance.FILE);
    assertThat(facts.attestation()).isEqualTo(DigestedAttestation.of(kept).digest());
  }

  @Test
  void selectorsMissing_isNotAttested_andTheNodeIsNotToldWhich() throws Exception {
    ServerException refusal =
        refused(
            Kind.NOT_ATTESTED,
            "registration %s: the attestation does not satisfy it".formatted(bench.registration()),
            () -> bench.open(CoreWorld.attestation(bench.world.process(), "unix:uid:1000")));
    assertThat(refusal.detail())
        .isEqualTo(
            "registration %s of finance/bot: not attested: unix:path:/opt/bot"
                .formatted(bench.registration()));
    assertThat(bench.world.refusals()).containsExactly(refusal.detail());
    assertThat(bench.world.core.queries().runningExecutions()).isZero();
  }

  private SubjectView demanding(String name, CodeAssurance code, Isolation isolation)
      throws ServerException {
    Governance none = Governance.none();
    NewSubject like = CoreWorld.newAgent("finance", name, "unix:uid:1000", "unix:path:/opt/bot");
    return bench.world.create(
        new NewSubject(
            like.kind(),
            like.owner(),
            like.name(),
            like.match(),
            like.svid(),
            new Governance(
                "",
                none.scope(),
                none.authority(),
                none.approvals(),
                new Governance.Assurance(code, isolation),
                none.life())));
  }

  private OpenExecution.Asked asked(SubjectView agent, Attestation attestation) {
    return new OpenExecution.Asked(
        bench.node.startId(),
        agent.registrations().getFirst().id(),
        agent.subject().revision(),
        attestation);
  }

  @Test
  void launchedForAnother_isNotAttested() throws Exception {
    ServerException refusal =
        refusedLike(
            Kind.NOT_ATTESTED,
            "registration .*: the attestation does not satisfy it",
            () -> bench.open(launchedFor("finance/other")));
    assertThat(refusal.detail()).endsWith(": launched for another, launch:agent:finance/other");
    assertThat(bench.open(launchedFor("finance/bot")).chain()).isNotEmpty();
  }

  private Attestation launchedFor(String agent) {
    Attestation seen = bench.matching();
    var evidence = new ArrayList<Evidence>(seen.evidence());
    evidence.add(Evidence.of(new Selector("launch", "agent", agent), "the node's launch"));
    return new Attestation(seen.process(), evidence, seen.code(), seen.isolation());
  }

  @Test
  void minimumAssurance_isDemanded() throws Exception {
    SubjectView launched = demanding("launched", CodeAssurance.LAUNCHER, Isolation.SHARED_UID);
    SubjectView alone = demanding("alone", CodeAssurance.FILE, Isolation.OWN_UID);
    ServerException code =
        refusedLike(
            Kind.NOT_ATTESTED,
            "registration .*: the attestation does not satisfy it",
            () -> bench.open(asked(launched, bench.matching()), bench.world.csr()));
    assertThat(code.detail()).endsWith(": code assurance file (expected: at least launcher)");
    ServerException isolation =
        refusedLike(
            Kind.NOT_ATTESTED,
            "registration .*: the attestation does not satisfy it",
            () -> bench.open(asked(alone, bench.matching()), bench.world.csr()));
    assertThat(isolation.detail()).endsWith(": isolation shared-uid (expected: at least own-uid)");
  }

  private SubjectView withTwoSets(Governance.Assurance first) throws ServerException {
    NewSubject like = CoreWorld.newAgentWithJwt("finance", "two-sets", "unix:uid:1000");
    Match match = like.match();
    var _ =
        bench.world.create(
            new NewSubject(
                like.kind(),
                like.owner(),
                like.name(),
                new Match(match.selectors(), List.of(), true, first),
                like.svid(),
                like.governance()));
    var path = CoreWorld.newAgent("finance", "x", "unix:path:/opt/bot").match();
    return bench
        .world
        .core
        .life()
        .registrations()
        .add(
            CoreWorld.ADMIN,
            ChangeAsk.now(bench.world.request(), ""),
            new ChangeSubjectState.Which(SubjectKind.AGENT, "finance/two-sets"),
            path)
        .now();
  }

  private OpenExecution.Asked through(SubjectView agent, int set, Attestation attestation) {
    return new OpenExecution.Asked(
        bench.node.startId(),
        agent.registrations().get(set).id(),
        agent.subject().revision(),
        attestation);
  }

  @Test
  void aSetsOwnMinimum_isDemandedOfWhatGoesThroughIt_whateverTheNodeThinks() throws Exception {
    SubjectView agent =
        withTwoSets(new Governance.Assurance(CodeAssurance.NONE, Isolation.OWN_UID));
    Attestation seen = bench.matching();
    ServerException refusal =
        refusedLike(
            Kind.NOT_ATTESTED,
            "registration .*: the attestation does not satisfy it",
            () -> bench.open(through(agent, 0, seen), bench.world.csr()));
    assertThat(refusal.detail()).endsWith(": isolation shared-uid (expected: at least own-uid)");
    assertThat(bench.open(through(agent, 1, seen), bench.world.csr()).chain()).isNotEmpty();
  }

  @Test
  void whatGoesOnThroughAnotherSet_isHeldToThatOnesMinimum() throws Exception {
    SubjectView agent =
        withTwoSets(new Governance.Assurance(CodeAssurance.NONE, Isolation.OWN_UID));
    Attestation shared = bench.matching();
    var alone =
        new Attestation(shared.process(), shared.evidence(), shared.code(), Isolation.OWN_UID);
    Id execution = bench.open(through(agent, 0, alone), bench.world.csr()).execution();
    // The node has forgotten it, and the process is no longer alone.
    IssuedSvid again = bench.open(through(agent, 1, shared), bench.world.csr());
    assertThat(again.execution()).isEqualTo(execution);
    assertThat(bench.shown(execution).execution().host().registrationId())
        .isEqualTo(agent.registrations().getLast().id());
    assertThat(bench.shown(execution).minimum()).isEqualTo(Governance.Assurance.NONE);
  }

  @Test
  void renewal_thatMissesItsSetsMinimum_goesOnThroughAnotherSet_orNotAtAll() throws Exception {
    SubjectView agent =
        withTwoSets(new Governance.Assurance(CodeAssurance.NONE, Isolation.OWN_UID));
    Attestation shared = CoreWorld.attestation(bench.world.process(), "unix:uid:1000");
    var alone =
        new Attestation(shared.process(), shared.evidence(), shared.code(), Isolation.OWN_UID);
    Id execution = bench.open(through(agent, 0, alone), bench.world.csr()).execution();
    ServerException refusal =
        refusedLike(
            Kind.NOT_ATTESTED,
            ".*the attestation does not satisfy it",
            () -> bench.renew(execution, shared));
    assertThat(refusal.detail()).endsWith(": isolation shared-uid (expected: at least own-uid)");
  }

  @Test
  void registration_ofAnotherNode_isRefused() throws Exception {
    Joined other = bench.world.join(Map.of("region", "us"));
    ServerException _ =
        refused(
            Kind.REFUSED,
            "registration %s: not meant for node %s".formatted(bench.registration(), other.id()),
            () ->
                bench
                    .world
                    .core
                    .openExecution()
                    .run(
                        other.id(),
                        bench.world.request(),
                        new OpenExecution.Asked(
                            other.startId(),
                            bench.registration(),
                            bench.agent.subject().revision(),
                            bench.matching()),
                        bench.world.csr()));
  }

  @Test
  void nodeThatIsBehind_mustCatchUp_andThatIsNoOffence() throws Exception {
    Id start = bench.node.startId();
    Id unknown = Id.random(bench.world.random);
    long revision = bench.agent.subject().revision();
    ServerException _ =
        refused(
            Kind.STALE,
            "registration %s: revision %d (expected: %d)"
                .formatted(bench.registration(), revision + 1, revision),
            () ->
                bench.open(
                    new OpenExecution.Asked(
                        start, bench.registration(), revision + 1, bench.matching()),
                    bench.world.csr()));
    ServerException _ =
        refused(
            Kind.STALE,
            "registration %s: not (or no longer) there".formatted(unknown),
            () ->
                bench.open(
                    new OpenExecution.Asked(start, unknown, revision, bench.matching()),
                    bench.world.csr()));
    ServerException _ =
        refused(
            Kind.STALE,
            "start id %s: not the newest of node %s (expected: a stream opened with it first)"
                .formatted(unknown, bench.node.id()),
            () ->
                bench.open(
                    new OpenExecution.Asked(
                        unknown, bench.registration(), revision, bench.matching()),
                    bench.world.csr()));
    assertThat(bench.world.refusals()).isEmpty();
  }

  @Test
  void node_thatHasNotSettled_mustWait() throws Exception {
    NodeStream stream =
        bench
            .world
            .core
            .nodeStreams()
            .open(bench.node.id(), CoreWorld.hello(bench.node.startId()), () -> {});
    ServerException _ =
        refused(
            Kind.UNAVAILABLE,
            "node %s: its earlier executions are not settled yet (expected: settled on its stream first)"
                .formatted(bench.node.id()),
            () -> bench.open(bench.matching()));
    stream.settle(Set.of());
    assertThat(bench.open(bench.matching())).isNotNull();
  }

  @Test
  void suspendedNode_andUnknownNode_areRefused() throws Exception {
    bench.store.tamperNode(bench.node.id(), NodeState.SUSPENDED);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> bench.open(bench.matching()));
    Id unknown = Id.random(bench.world.random);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: not known here".formatted(unknown),
            () ->
                bench
                    .world
                    .core
                    .openExecution()
                    .run(
                        unknown,
                        bench.world.request(),
                        bench.asked(bench.matching()),
                        bench.world.csr()));
  }

  @Test
  void key_isCertifiedOnce_whoseverItWas() throws Exception {
    KeyPair keys = bench.world.newKeys();
    ProcessSeen process = bench.world.process();
    var _ = bench.open(bench.asked(bench.matching(process)), bench.world.csr(keys));
    String pattern =
        "key [0-9a-f]{64}: certified before \\(expected: a new key for each certificate\\)";
    // Another process, the same one, and the node itself.
    ServerException _ =
        refusedLike(
            Kind.KEY_REUSED,
            pattern,
            () -> bench.open(bench.asked(bench.matching()), bench.world.csr(keys)));
    ServerException _ =
        refusedLike(
            Kind.KEY_REUSED,
            pattern,
            () -> bench.open(bench.asked(bench.matching(process)), bench.world.csr(keys)));
    ServerException _ =
        refusedLike(
            Kind.KEY_REUSED,
            pattern,
            () -> bench.open(bench.asked(bench.matching()), bench.world.csr(bench.node.keys())));
    assertThat(bench.world.refusals()).hasSize(1);
  }

  private static CoreSettings where(boolean dev, int administrator, String bootId) {
    return new CoreSettings(
        CoreWorld.TRUST_DOMAIN,
        dev,
        CoreSettings.Lifetimes.standard(),
        new CoreSettings.Limits(10, 1, 3),
        CoreWorld.settings(false).address(),
        new CoreSettings.Administrators(Set.of(0, administrator), bootId, 4_026_531_836L));
  }

  @Test
  void agentInTheAdministratorsPlace_isRefused_outsideOfDev() throws Exception {
    String bootId = bench.world.process().mark().instance().bootId();
    bench.close();
    bench = new ExecutionsBench(where(false, 1000, bootId));
    ServerException _ =
        refused(
            Kind.REFUSED,
            "agent finance/bot: its process runs as uid 1000, which administers this server"
                + " (expected: a uid of its own, another host or container, or dev mode)",
            () -> bench.open(bench.matching()));
    for (CoreSettings harmless :
        List.of(
            where(true, 1000, bootId), where(false, 1001, bootId), where(false, 1000, "another"))) {
      bench.close();
      bench = new ExecutionsBench(harmless);
      assertThat(bench.open(bench.matching())).isNotNull();
    }
  }

  @Test
  void nodeThatAsksTooFast_isRefused_untilTimePasses() throws Exception {
    bench.close();
    bench = new ExecutionsBench(where(false, 1, "another"));
    ProcessSeen process = bench.world.process();
    for (int i = 0; i < 3; i++) {
      assertThat(bench.open(bench.matching(process))).isNotNull();
    }
    ServerException _ =
        refused(
            Kind.EXHAUSTED,
            "node %s: too many calls (expected: at most 1 per second, 3 at once)"
                .formatted(bench.node.id()),
            () -> bench.open(bench.asked(bench.matching(process)), new byte[1]));
    bench.world.clock.advance(Duration.ofSeconds(1));
    assertThat(bench.open(bench.matching(process))).isNotNull();
  }

  @Test
  void quota_countsRunningOnesOfThatNode() throws Exception {
    bench.close();
    bench =
        new ExecutionsBench(
            new CoreSettings(
                CoreWorld.TRUST_DOMAIN,
                false,
                CoreSettings.Lifetimes.standard(),
                new CoreSettings.Limits(2),
                CoreWorld.settings(false).address()));
    ProcessSeen process = bench.world.process();
    IssuedSvid first = bench.open(bench.matching(process));
    var _ = bench.open(bench.matching());
    ServerException _ =
        refused(
            Kind.EXHAUSTED,
            "node %s: 2 executions run on it (expected: at most 2)".formatted(bench.node.id()),
            () -> bench.open(bench.matching()));
    // What runs goes on; what ended makes room.
    assertThat(bench.open(bench.matching(process)).execution()).isEqualTo(first.execution());
    var _ =
        bench
            .world
            .core
            .endExecution()
            .byNode(
                bench.node.id(),
                bench.world.request(),
                new EndExecution.Report(bench.node.startId(), first.execution(), "process-exited"));
    assertThat(bench.open(bench.matching())).isNotNull();
  }

  static Stream<Arguments> implausible() {
    var right =
        new Mark(
            new Instance("0f8fad5b-d9cb-469f-a165-70867728950e", 4_026_531_836L, 7, 9),
            1,
            2,
            new Image(10, 11, 12));
    var instance = right.instance();
    var image = right.image();
    return Stream.of(
        Arguments.of(
            new Mark(new Instance("boot", 1, 7, 9), 1, 2, image),
            "process mark: boot id (expected: a UUID in lower case)"),
        Arguments.of(
            new Mark(new Instance(instance.bootId(), 1, 0, 9), 1, 2, image),
            "process mark: pid missing (expected: as the kernel shows it)"),
        Arguments.of(
            new Mark(instance, 1, 0, image),
            "process mark: inode of the executable missing (expected: as the kernel shows it)"),
        Arguments.of(
            new Mark(instance, 1, 2, new Image(1, 1, 0)),
            "process mark: start of code missing (expected: as the kernel shows it); process mark:"
                + " start of stack missing (expected: as the kernel shows it); process mark: start"
                + " of arguments missing (expected: as the kernel shows it)"));
  }

  @ParameterizedTest
  @MethodSource("implausible")
  void mark_thatIsNone_isRefused(Mark mark, String message) {
    ServerException _ =
        refused(
            Kind.INVALID,
            message,
            () -> bench.open(bench.matching(new ProcessSeen(mark, 1000, 1000, "/opt/bot"))));
  }

  @Test
  void attestation_withoutProperties_isRefused() {
    ServerException _ =
        refused(
            Kind.INVALID,
            "attestation: 0 properties (expected: 1 to 256)",
            () -> bench.open(CoreWorld.attestation(bench.world.process())));
  }

  @Test
  void badCsr_isRefused_beforeAnythingIsLookedUp() throws Exception {
    int writes = bench.store.writes();
    ServerException _ =
        refusedLike(
            Kind.INVALID,
            "certificate request: .*",
            () -> bench.open(bench.asked(bench.matching()), new byte[5000]));
    // The refusal itself.
    assertThat(bench.store.writes()).isEqualTo(writes + 1);
  }

  @Test
  void sameRequestId_sameCertificate() throws Exception {
    RequestId request = bench.world.request();
    OpenExecution.Asked asked = bench.asked(bench.matching());
    byte[] csr = bench.world.csr();
    IssuedSvid first = bench.open(request, asked, csr);
    assertThat(bench.open(request, asked, csr)).isEqualTo(first);
    assertThat(bench.world.eventKinds()).filteredOn("execution-began"::equals).hasSize(1);
    ServerException _ =
        refused(
            Kind.REQUEST_REUSED,
            "request id %s: used before for another question (expected: a new id for each)"
                .formatted(request),
            () -> bench.open(request, asked, bench.world.csr()));
  }

  @Test
  void answer_isTheSame_afterTheServersRestart() throws Exception {
    RequestId request = bench.world.request();
    OpenExecution.Asked asked = bench.asked(bench.matching());
    byte[] csr = bench.world.csr();
    IssuedSvid first = bench.open(request, asked, csr);
    try (ServerCore later = bench.world.restarted()) {
      assertThat(later.openExecution().run(bench.node.id(), request, asked, csr)).isEqualTo(first);
    }
  }

  @Test
  void sameRequestAtOnce_isOneExecution_withOneCertificate() throws Exception {
    for (int round = 0; round < 5; round++) {
      RequestId request = bench.world.request();
      OpenExecution.Asked asked = bench.asked(bench.matching());
      byte[] csr = bench.world.csr();
      List<IssuedSvid> all = atOnce(8, () -> bench.open(request, asked, csr));
      assertThat(new HashSet<>(all)).hasSize(1);
    }
    assertThat(bench.world.core.queries().runningExecutions()).isEqualTo(5);
  }

  @Test
  void sameProcessAtOnce_withDifferentKeys_isOneExecution() throws Exception {
    ProcessSeen process = bench.world.process();
    List<IssuedSvid> all = atOnce(8, () -> bench.open(bench.matching(process)));
    assertThat(all.stream().map(IssuedSvid::execution).distinct()).hasSize(1);
    assertThat(all.stream().map(it -> it.chain().getFirst().getSerialNumber()).distinct())
        .hasSize(8);
  }

  private static <T> List<T> atOnce(int count, Callable<T> task) throws Exception {
    List<T> results = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(threads.submit(task));
      }
      for (Future<T> one : all) {
        results.add(one.get());
      }
    }
    return results;
  }

  @Test
  void whatLeft_isRecorded_andWhatIsRecorded_left() throws Exception {
    IssuedSvid svid = bench.open(bench.matching());
    ExecutionView shown = bench.shown(svid.execution());
    assertThat(bench.world.serials()).contains(shown.newestCertificate().orElseThrow().serial());
    assertThat(shown.newestCertificate().orElseThrow().notAfter()).isEqualTo(svid.notAfter());
    assertThat(shown.subject()).isEqualTo(bench.agent.subject());
    assertThat(Optional.of(shown.execution().host().nodeId())).contains(bench.node.id());
  }
}

package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.attestors.join.JoinTokenVerifier;
import dev.credence.certs.Id;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.DecideNode.Wanted;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.Push.Over;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.testing.CoreWorld;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A node is taken out of service, and back into it.
final class DecideNodeTest {
  private ExecutionsBench bench;
  private IssuedSvid svid;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    svid = bench.open(bench.matching());
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private DecidedNode decide(Decision decision) throws ServerException {
    return bench
        .world
        .core
        .decideNode()
        .run(
            CoreWorld.ADMIN,
            bench.world.request(),
            new Wanted(decision, bench.node.id().toString(), "stolen"));
  }

  @ParameterizedTest
  @CsvSource({
    "SUSPEND, node-suspended, suspended",
    "BAN, node-banned, banned",
    "EVICT, node-evicted, evicted"
  })
  void outOfService_executionsEnd_theStreamIsCut_noCallIsAccepted(
      Decision decision, String why, String state) throws Exception {
    bench.drain();
    IssuedSvid second = bench.open(bench.matching());
    DecidedNode decided = decide(decision);
    assertThat(decided.ended()).isEqualTo(2);
    assertThat(decided.node().node().state().name()).isEqualToIgnoringCase(state);
    for (IssuedSvid one : List.of(svid, second)) {
      assertThat(bench.shown(one.execution()).execution().end().map(Execution.End::reason))
          .contains(why);
    }
    assertThat(bench.node.stream().next()).contains(new Over(Cause.SHUT_OUT));
    assertThat(bench.world.events())
        .filteredOn(it -> it.event().what().kind().label().equals(why))
        .singleElement()
        .satisfies(it ->
            assertThat(it.event().what().details())
                .containsEntry("reason", "stolen")
                .containsEntry("was", "active")
                .containsEntry("executions", "2"));
    everyCallIsRefused("node %s: %s (expected: active)".formatted(bench.node.id(), state));
  }

  private void everyCallIsRefused(String words) {
    var core = bench.world.core;
    ServerException _ = refused(Kind.REFUSED, words, () -> bench.open(bench.matching()));
    ServerException _ =
        refused(Kind.REFUSED, words, () -> bench.renew(svid.execution(), bench.matching()));
    ServerException _ =
        refused(
            Kind.REFUSED,
            words,
            () ->
                core.renewNode()
                    .run(
                        bench.node.id(),
                        bench.world.request(),
                        new RenewNode.Asked(bench.node.startId(), Optional.empty()),
                        bench.world.csr(bench.node.keys())));
    ServerException _ =
        refused(
            Kind.REFUSED,
            words,
            () ->
                core.nodeStreams()
                    .open(bench.node.id(), CoreWorld.hello(bench.node.startId()), () -> {}));
    ServerException _ =
        refused(
            Kind.REFUSED,
            words,
            () ->
                core.endExecution()
                    .byNode(
                        bench.node.id(),
                        bench.world.request(),
                        new EndExecution.Report(
                            bench.node.startId(), svid.execution(), "process-exited")));
  }

  @Test
  void resumed_itsProcessesGetNewExecutions() throws Exception {
    DecidedNode _ = decide(Decision.SUSPEND);
    assertThat(decide(Decision.RESUME).node().node().state()).isEqualTo(NodeState.ACTIVE);
    var back = bench.world.connect(bench.node.id(), bench.node.keys(), bench.node.startId());
    assertThat(back.stream().welcome().hosted()).isEmpty();
    assertThat(bench.open(bench.matching()).execution()).isNotEqualTo(svid.execution());
    assertThat(bench.world.eventKinds()).contains("node-suspended", "node-resumed");
  }

  @Test
  void bannedIsFinal() throws Exception {
    DecidedNode _ = decide(Decision.BAN);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: banned (expected: suspended)".formatted(bench.node.id()),
            () -> decide(Decision.RESUME));
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: banned (expected: active or suspended)".formatted(bench.node.id()),
            () -> decide(Decision.EVICT));
  }

  @ParameterizedTest
  @EnumSource(value = Decision.class, mode = EnumSource.Mode.EXCLUDE, names = "RESUME")
  void twice_changesNothing(Decision decision) throws Exception {
    DecidedNode _ = decide(decision);
    int events = bench.world.events().size();
    assertThat(decide(decision).ended()).isZero();
    assertThat(bench.world.events()).hasSize(events);
  }

  @ParameterizedTest
  @EnumSource(
      value = Decision.class,
      names = {"BAN", "EVICT"})
  void itsKey_isNeverTakenAgain_anotherKeyOfTheMachineIsAnotherNode(Decision decision)
      throws Exception {
    DecidedNode _ = decide(decision);
    ServerException refusal =
        refused(
            Kind.NOT_ATTESTED,
            "join token refused",
            () -> attest(bench.world.csr(bench.node.keys())));
    assertThat(refusal.detail()).contains("the key is pinned for node " + bench.node.id());
    assertThat(attest(bench.world.csr()).node()).isNotEqualTo(bench.node.id());
  }

  private NodeSvid attest(byte[] csr) throws ServerException {
    return bench
        .world
        .core
        .attestNode()
        .run(
            CoreWorld.STRANGER,
            bench.world.request(),
            JoinTokenVerifier.NAME,
            bench.world.token(Map.of()).secret().reveal(),
            csr);
  }

  @ParameterizedTest
  @CsvSource({
    "SUSPEND, suspended, node-suspended",
    "BAN, banned, node-banned",
    "EVICT, evicted, node-evicted"
  })
  void dryRun_saysWhatTheDecisionDoes_andChangesNothing(
      Decision decision, String state, String reason) throws Exception {
    IssuedSvid second = bench.open(bench.matching());
    int events = bench.world.events().size();
    bench.drain();
    Changed<NodeView> told = wouldDo(CoreWorld.ADMIN, decision);
    assertThat(told.report().done()).isFalse();
    String node = "node " + bench.node.id();
    var stateChange = new FieldChange(node, "state", "active", state);
    assertThat(told.report().fields())
        .isEqualTo(
            decision == Decision.SUSPEND
                ? List.of(stateChange)
                : List.of(stateChange, new FieldChange(node, "own-svids", "accepted", "revoked")));
    assertThat(told.report().executions().shown())
        .extracting(Affected::execution, Affected::subject, Affected::effect, Affected::reason)
        .containsExactly(
            tuple(svid.execution(), "agent finance/bot", Effect.ENDS, reason),
            tuple(second.execution(), "agent finance/bot", Effect.ENDS, reason));
    assertThat(told.now().node().state()).isEqualTo(NodeState.ACTIVE);
    assertThat(bench.world.events()).hasSize(events);
    assertThat(bench.node.stream().next()).isEmpty();
    assertThat(bench.shown(svid.execution()).execution().running()).isTrue();
    assertThat(decide(decision).ended()).isEqualTo(told.report().executions().shown().size());
    assertThat(bench.shown(svid.execution()).execution().end().map(Execution.End::reason))
        .contains(reason);
    assertThat(wouldDo(CoreWorld.ADMIN, decision).report().fields()).isEmpty();
  }

  @Test
  void dryRun_ofWhatCannotBeDecided_isRefusedInTheSameWords() throws Exception {
    DecidedNode _ = decide(Decision.BAN);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: banned (expected: suspended)".formatted(bench.node.id()),
            () -> wouldDo(CoreWorld.ADMIN, Decision.RESUME));
    assertThat(bench.world.events().getLast().event().what().details())
        .as("a question is no attempt")
        .containsEntry("operation", "resume-node")
        .containsEntry("dry-run", "true")
        .containsEntry("count", "1");
    // Nor does it hide one.
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: banned (expected: suspended)".formatted(bench.node.id()),
            () -> decide(Decision.RESUME));
    assertThat(bench.world.events().getLast().event().what().details())
        .containsEntry("operation", "resume-node")
        .doesNotContainKey("dry-run");
  }

  @Test
  void dryRun_ofAResumption_saysWhatIsForgotten_andWhichKeyIsDecidedFor() throws Exception {
    DecidedNode _ = decide(Decision.SUSPEND);
    Changed<NodeView> told = wouldDo(CoreWorld.ADMIN, Decision.RESUME);
    String node = "node " + bench.node.id();
    assertThat(told.report().fields())
        .containsExactly(
            new FieldChange(node, "state", "suspended", "active"),
            new FieldChange(node, "starts-and-renewals", "known", "forgotten"),
            new FieldChange(node, "decided-key", "", told.now().node().key().toString()));
  }

  private Changed<NodeView> wouldDo(Actor actor, Decision decision) throws ServerException {
    return bench
        .world
        .core
        .decideNode()
        .wouldDo(actor, new Wanted(decision, bench.node.id().toString(), "stolen"));
  }

  @Test
  void unknownNode_isNotFound() {
    Id nobody = Id.random(bench.world.random);
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            "node \"%s\": not found".formatted(nobody),
            () ->
                bench
                    .world
                    .core
                    .decideNode()
                    .run(
                        CoreWorld.ADMIN,
                        bench.world.request(),
                        new Wanted(Decision.BAN, nobody.toString(), "")));
  }
}

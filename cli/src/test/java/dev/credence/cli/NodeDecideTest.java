package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.credence.proto.admin.v1.AffectedExecution;
import dev.credence.proto.admin.v1.Change;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.FieldChange;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.admin.v1.NodeDecisionResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What would become of a node, before it is decided.
final class NodeDecideTest {
  private static final NodeDecisionResponse DECIDED =
      NodeDecisionResponse.newBuilder()
          .setNode(Node.newBuilder().setId("n1").setState("banned"))
          .setEnded(1)
          .build();

  @TempDir Path folder;
  private final FakeEnds ends = new FakeEnds();
  private FakeDaemon daemon;

  @BeforeEach
  void serve() throws Exception {
    daemon = new FakeDaemon(folder.resolve("a.sock"), ends);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private Cli.Outcome run(String... arguments) {
    return new Cli().admin(daemon.socket()).run(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"suspend", "resume", "ban", "evict"})
  void dryRun_isSentWithoutARequestId_soThatNoServerDoesIt_andShowsWhatWouldBe(String verb) {
    ends.answer =
        DECIDED.toBuilder()
            .setChange(
                Change.newBuilder()
                    .addFields(
                        FieldChange.newBuilder()
                            .setThing("node n1")
                            .setField("state")
                            .setBefore("active")
                            .setAfter("banned"))
                    .addExecutions(
                        AffectedExecution.newBuilder()
                            .setExecutionId("x1")
                            .setSubject("agent finance/bot")
                            .setNodeId("n1")
                            .setPid(42)
                            .setEffect("ends")
                            .setReason("node-banned")))
            .build();
    var outcome = run("node", verb, "n1", "--dry-run", "--reason", "stolen");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(ends.asked)
        .containsExactly(
            NodeDecisionRequest.newBuilder()
                .setNodeId("n1")
                .setReason("stolen")
                .setDryRun(true)
                .build());
    assertThat(outcome.out())
        .startsWith("dry run: nothing was changed; this would be")
        .contains("node n1")
        .contains("x1", "agent finance/bot", "42", "ends: node-banned");
  }

  @Test
  void whatIsNotADryRun_isNeverShownAsOne() {
    ends.answer = DECIDED;
    var outcome = run("node", "ban", "n1", "--dry-run");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("does not say what would change");
  }

  @Test
  void decided_itIsSentWithARequestId_andSaysHowManyEnded() {
    ends.answer = DECIDED;
    var outcome = run("node", "ban", "n1");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(ends.asked)
        .singleElement()
        .satisfies(it -> {
          assertThat(it.getDryRun()).isFalse();
          assertThat(it.getRequestId().size()).isEqualTo(16);
        });
    assertThat(outcome.out()).contains("banned").contains("Executions ended");
  }

  @Test
  void whatIsSoAlready_isToldSinceWhen_andIsNoFailure() {
    ends.answer =
        DECIDED.toBuilder()
            .setEnded(0)
            .setUnchanged(true)
            .setAlreadySince(
                Timestamp.newBuilder().setSeconds(Cli.NOW.getEpochSecond()).setNanos(5))
            .build();
    var outcome = run("node", "suspend", "n1");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .startsWith("nothing to change: it is so already, since 2026-02-01T13:00:00+01:00\n")
        .contains("banned")
        .doesNotContain("Executions ended");
    ends.answer = ends.answer.toBuilder().clearAlreadySince().build();
    assertThat(run("node", "resume", "n1").out())
        .startsWith("nothing to change: it is so already\n");
  }

  private static final class FakeEnds extends EndsGrpc.EndsImplBase {
    private final Queue<NodeDecisionRequest> asked = new ConcurrentLinkedQueue<>();
    private volatile NodeDecisionResponse answer = NodeDecisionResponse.getDefaultInstance();

    private void answer(
        NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
      asked.add(request);
      observer.onNext(answer);
      observer.onCompleted();
    }

    @Override
    public void suspendNode(
        NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
      answer(request, observer);
    }

    @Override
    public void resumeNode(
        NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
      answer(request, observer);
    }

    @Override
    public void banNode(
        NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
      answer(request, observer);
    }

    @Override
    public void evictNode(
        NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
      answer(request, observer);
    }
  }
}

package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.rig.RigNode;
import dev.credence.e2e.story.Await;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.transport.UnixSocketChannels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a node that was away for longer than its own SVID lives comes back by its key")
class NodeReturnStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofSeconds(5);

  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start();
    rig.agent("finance", "bot").forThisProcess();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private List<Event> events(String kind) {
    return rig.admin().events().stream().filter(event -> event.getKind().equals(kind)).toList();
  }

  private static String problem(RigNode node) {
    var channel = UnixSocketChannels.open(node.socket());
    try {
      return LocalGrpc.newBlockingStub(channel)
          .explain(ExplainRequest.getDefaultInstance())
          .getNodeProblem();
    } finally {
      channel.shutdownNow();
    }
  }

  private boolean identified() throws InterruptedException {
    try (var stream = rig.workload().openX509Svids()) {
      return stream.next(0, SOON).getSvidsCount() == 1;
    } catch (AssertionError e) {
      return false; // not yet: it ended
    }
  }

  /// Time passes while the server is off, and it begins with an SVID of its own of that time.
  private void away(Duration by) throws Exception {
    rig.stopServer();
    rig.clock().advance(by);
    rig.restartServer();
  }

  /// Time goes on in small steps, as intervals are set one after the other.
  private void untilReady(CompletableFuture<Void> ready) throws Exception {
    Await.answer(
        "node in step",
        () -> {
          rig.clock().advance(STEP);
          return ready.isDone();
        },
        done -> done,
        SOON);
    ready.join();
  }

  @Test
  @DisplayName("switched off for two days: renewed by the expired SVID, then in step as before")
  void switchedOff() throws Exception {
    rig.node().stop();
    away(Duration.ofDays(2));
    rig.node().startUnsynchronised();
    untilReady(rig.node().ready());
    assertThat(events("node-returned")).hasSize(1);
    assertThat(events("node-returned").getFirst().getDetailsMap()).containsKey("expired");
    assertThat(rig.admin().nodes()).hasSize(1);
    assertThat(rig.workload().fetchX509Svids().getSvidsCount()).isEqualTo(1);
    assertThat(problem(rig.node())).isEmpty();
  }

  @Test
  @DisplayName("asleep for two days with its daemon: awake, it comes back, and serves as before")
  void asleep() throws Exception {
    assertThat(rig.workload().fetchX509Svids().getSvidsCount()).isEqualTo(1);
    away(Duration.ofDays(2));
    Await.answer(
        "return",
        () -> {
          rig.clock().advance(STEP);
          return events("node-returned").size();
        },
        count -> count == 1,
        SOON);
    Await.answer(
        "identity",
        () -> {
          rig.clock().advance(STEP);
          return identified();
        },
        yes -> yes,
        SOON);
    assertThat(rig.admin().nodes()).hasSize(1);
  }

  @Test
  @DisplayName("off for more than 7 days after its end: refused, and both sides say what to do")
  void tooLate() throws Exception {
    rig.node().stop();
    away(Duration.ofDays(8).plusHours(1));
    rig.node().startUnsynchronised();
    Await.answer(
        "line",
        () -> {
          rig.clock().advance(STEP);
          return problem(rig.node());
        },
        line -> line.contains("the server does not take this node back"),
        SOON);
    assertThat(problem(rig.node()))
        .contains("its SVID expired at")
        .contains("credence node token create");
    assertThat(events("node-returned")).isEmpty();
    assertThat(events("refused"))
        .anyMatch(event -> event.getDetailsOrDefault("reason", "").contains("at most 7 days ago"));
  }

  @Test
  @DisplayName("banned while it was off: its expired SVID brings nothing back")
  void banned() throws Exception {
    rig.node().stop();
    var _ =
        rig.admin()
            .call(EndsGrpc::newBlockingStub)
            .banNode(
                NodeDecisionRequest.newBuilder()
                    .setRequestId(RequestIds.next())
                    .setNodeId(rig.admin().nodes().getFirst().getId())
                    .setReason("stolen")
                    .build());
    away(Duration.ofDays(2));
    rig.node().startUnsynchronised();
    Await.answer(
        "line",
        () -> {
          rig.clock().advance(STEP);
          return problem(rig.node());
        },
        line -> line.contains("banned"),
        SOON);
    assertThat(events("node-returned")).isEmpty();
  }
}

package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.transport.UnixSocketChannels;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a node out of service says which way, and what to do; an evicted machine joins anew")
class EvictedNodeStoryTest {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final Duration STEP = Duration.ofSeconds(5);

  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start();
    rig.agent("finance", "bot").forThisProcess();
    assertThat(rig.workload().fetchX509Svids().getSvidsCount()).isEqualTo(1);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private Explanation explain() {
    var channel = UnixSocketChannels.open(rig.node().socket());
    try {
      return LocalGrpc.newBlockingStub(channel).explain(ExplainRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  private NodeDecisionRequest decision() {
    return NodeDecisionRequest.newBuilder()
        .setRequestId(RequestIds.next())
        .setNodeId(rig.admin().nodes().getFirst().getId())
        .setReason("a look at it")
        .build();
  }

  private EndsGrpc.EndsBlockingStub ends() {
    return rig.admin().call(EndsGrpc::newBlockingStub);
  }

  private void saysWhatToDo(String state, String todo) throws Exception {
    var said =
        Await.answer(
            "the node's word",
            () -> {
              rig.clock().advance(Duration.ofMillis(100));
              return explain();
            },
            it -> it.getShutOut() && it.getNodeProblem().contains(state),
            SOON);
    assertThat(said.getNodeProblem()).contains(": " + state + " (expected: active", todo);
  }

  @Test
  @DisplayName("suspended: the node says so, and so does a new start of it; resumed: as before")
  void suspended() throws Exception {
    var _ = ends().suspendNode(decision());
    saysWhatToDo("suspended", "credence node resume");
    rig.node().stop();
    rig.node().startUnsynchronised();
    saysWhatToDo("suspended", "credence node resume");
    var _ = ends().resumeNode(decision());
    Await.answer(
        "as before",
        () -> {
          rig.clock().advance(STEP);
          return explain();
        },
        it -> !it.getShutOut() && it.getNodeProblem().isEmpty() && it.getMatchesCount() == 1,
        SOON);
  }

  @Test
  @DisplayName("banned: that is for good")
  void banned() throws Exception {
    var _ = ends().banNode(decision());
    saysWhatToDo("banned", "for good");
  }

  @Test
  @DisplayName("evicted: a new token in the same file, the same data folder, and it joins anew")
  void evicted() throws Exception {
    var _ = ends().evictNode(decision());
    saysWhatToDo("evicted", "new token");
    rig.node().stop();
    rig.node().bring(rig.admin().joinToken());
    rig.node().startUnsynchronised();
    rig.node().ready().get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(rig.admin().nodes()).hasSize(2);
    assertThat(explain().getNodeProblem()).isEmpty();
    assertThat(rig.workload().fetchX509Svids().getSvidsCount()).isEqualTo(1);
  }

  @Test
  @DisplayName("evicted while it runs: the token that is brought later brings it back by itself")
  void evictedWhileItRuns() throws Exception {
    var _ = ends().evictNode(decision());
    saysWhatToDo("evicted", "new token");
    rig.node().bring(rig.admin().joinToken());
    Await.answer(
        "another node",
        () -> {
          rig.clock().advance(STEP);
          return explain();
        },
        it -> !it.getShutOut() && it.getMatchesCount() == 1,
        SOON);
    assertThat(rig.admin().nodes()).hasSize(2);
    assertThat(rig.workload().fetchX509Svids().getSvidsCount()).isEqualTo(1);
  }
}

package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.proto.local.v1.ExplainRequest;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the node does about agents that are barred on it.
@Timeout(300)
class BarsTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private String running() {
    return rig.server.running().getFirst();
  }

  @Test
  void theStreamEndsAsNotEntitledAndSoDoesEveryOtherOneUntilItIsLifted() throws Exception {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    open.message();
    rig.server.revoke(running());
    Status end = open.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.getDescription()).startsWith("no identity issued: ");
    int asked = rig.server.openCalls.get();
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    try (Child child = Child.start(rig.socket())) {
      assertThat(child.ask("fetch")).startsWith("end PERMISSION_DENIED no identity issued: ");
    }
    assertThat(rig.server.openCalls.get()).as("the server was not even asked").isEqualTo(asked);
    rig.server.unbar();
    NodeRig.await(
        "an identity",
        () ->
            rig.local().explain(ExplainRequest.getDefaultInstance()).getMatchesList().stream()
                .allMatch(match -> match.getBarredByExecutionId().isEmpty()));
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void anotherIdentityOfTheSameProcessStays() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    assertThat(open.message().getSvidsCount()).isEqualTo(1);
    String barred = running();
    rig.server.register("b", OWN_UID);
    NodeRig.await("both", () -> rig.fetch().message().getSvidsCount() == 2);
    rig.server.revoke(barred);
    NodeRig.await("one", () -> rig.fetch().message().getSvidsCount() == 1);
    assertThat(rig.fetch().message().getSvids(0).getSpiffeId()).endsWith("/b");
  }

  @Test
  void aNodeThatStartsAgainIsToldBeforeItServes() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.fetch().message();
    rig.server.revoke(running());
    rig.restart();
    int asked = rig.server.openCalls.get();
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(rig.server.openCalls.get()).isEqualTo(asked);
  }

  @Test
  void aNodeThatIsTakenOutOfServiceServesNothingUntilItIsTakenBack() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    String serial = NodeRig.serial(open.message());
    rig.server.shutOut();
    assertThat(open.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    Status again = rig.fetch().end();
    assertThat(again.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(again.getDescription())
        .isEqualTo("no identity issued: the server does not accept this node");
    rig.time.advance(java.time.Duration.ofMinutes(1));
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    rig.server.takeBack();
    rig.awaitAsTimePasses(
        "the node to be back", java.time.Duration.ofSeconds(1), () -> rig.server.isConnected());
    NodeRig.await(
        "an identity",
        () -> rig.local().explain(ExplainRequest.getDefaultInstance()).getMatchesCount() == 1);
    assertThat(NodeRig.serial(rig.fetch().message())).isNotEqualTo(serial);
  }

  @Test
  void explainSaysWhy() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.fetch().message();
    String execution = running();
    rig.server.revoke(execution);
    NodeRig.await(
        "the bar",
        () ->
            rig.local()
                .explain(ExplainRequest.getDefaultInstance())
                .getMatches(0)
                .getBarredByExecutionId()
                .equals(execution));
  }
}

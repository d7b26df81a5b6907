package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static dev.credence.node.NodeRig.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.proto.local.v1.ExplainRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the node does when its server is away, behind, back, or of another opinion.
@Timeout(300)
class ServerLinkTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private void untilConnected() {
    rig.awaitAsTimePasses(
        "the node to be back", Duration.ofSeconds(1), () -> rig.server.isConnected());
  }

  @Test
  void whileTheServerIsAwayWhatIsValidIsServedAndNothingNewIs() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    String serial = NodeRig.serial(open.message());
    rig.server.goAway();
    open.assertSilent();
    assertThat(NodeRig.serial(rig.fetch().message())).isEqualTo(serial);
    try (Child child = Child.start(rig.socket())) {
      assertThat(child.ask("fetch")).startsWith("end UNAVAILABLE the server is not reached since ");
    }
  }

  @Test
  void aCertificateThatRunsOutWhileTheServerIsAwayEndsTheStream() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    open.message();
    rig.server.goAway();
    rig.advance(FakeServer.SVID_TTL.plusMinutes(1), Duration.ofSeconds(10));
    assertThat(open.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    rig.server.start();
    untilConnected();
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void whenTheServerIsLost_theNextOneIsTried_roundAndRound() {
    var first = new ServerAddress("localhost", 1);
    var other = new ServerAddress("other.example", 2);
    rig.further(other).startAndWait();
    assertThat(rig.server.dialed).containsOnly(first);
    rig.server.goAway();
    for (ServerAddress next : List.of(other, first, other)) {
      rig.server.dialed.clear();
      rig.awaitAsTimePasses(
          "a try at " + next, Duration.ofSeconds(1), () -> rig.server.dialed.contains(next));
    }
    rig.server.start();
    untilConnected();
    // A restart of the node knows both.
    rig.restart();
    assertThat(rig.config().dataDir().resolve("server"))
        .hasContent("test.example localhost:1,other.example:2");
  }

  @Test
  void theLeaseIsRenewedEachThirtySecondsWhileTheStreamIsOpen() {
    rig.startAndWait();
    for (int renewals = 1; renewals <= 3; renewals++) {
      int expected = renewals;
      rig.time.advance(Duration.ofSeconds(30));
      NodeRig.await("renewal " + expected, () -> rig.server.leases.get() == expected);
    }
  }

  @Test
  void theLeaseIsRenewedAsOftenAsTheServerSays() {
    rig.server.renewLeaseEvery = Duration.ofSeconds(60);
    rig.startAndWait();
    rig.time.advance(Duration.ofSeconds(59));
    rig.time.advance(Duration.ofSeconds(1));
    NodeRig.await("a renewal", () -> rig.server.leases.get() > 0);
    assertThat(rig.server.leases).hasValue(1);
  }

  @Test
  void theServerCannotMakeTheNodeSilent() {
    rig.server.renewLeaseEvery = Duration.ofDays(1);
    rig.startAndWait();
    rig.time.advance(Duration.ofSeconds(30));
    NodeRig.await("a renewal", () -> rig.server.leases.get() == 1);
  }

  @Test
  void theNodeComesBackWithItsCursor() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    assertThat(take(rig.server.opens).hasCursor()).isFalse();
    rig.server.goAway();
    rig.server.start();
    untilConnected();
    var again = take(rig.server.opens);
    assertThat(again.hasCursor()).isTrue();
    assertThat(again.getStartId().size()).isEqualTo(16);
    rig.server.register("b", OWN_UID);
    NodeRig.await("both", () -> rig.fetch().message().getSvidsCount() == 2);
  }

  @Test
  void aReplacedStreamIsNotOpenedAgainSoon() {
    rig.startAndWait();
    take(rig.server.opens);
    int timers = rig.time.pending();
    rig.server.replaceStream();
    NodeRig.await("the node to notice", () -> rig.time.pending() > timers);
    rig.time.advance(Duration.ofSeconds(15));
    assertThat(rig.time.pending()).isGreaterThan(timers);
    assertThat(rig.server.opens).isEmpty();
    untilConnected();
  }

  @Test
  void aGapIsAnsweredByAskingForEverything() {
    rig.startAndWait();
    take(rig.server.opens);
    rig.server.loseOneUpdate();
    rig.server.register("a", OWN_UID);
    rig.awaitAsTimePasses(
        "the second stream", Duration.ofMillis(10), () -> !rig.server.opens.isEmpty());
    assertThat(take(rig.server.opens).hasCursor()).isFalse();
    NodeRig.await(
        "the registration",
        () ->
            rig.local()
                    .explain(dev.credence.proto.local.v1.ExplainRequest.getDefaultInstance())
                    .getRegistrations()
                == 1);
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void executionsThatEndedMeanwhileEndTheirStreams() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    String serial = NodeRig.serial(open.message());
    rig.server.goAway();
    rig.server.forgetExecutions();
    rig.server.start();
    untilConnected();
    assertThat(open.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(NodeRig.serial(rig.fetch().message())).isNotEqualTo(serial);
  }

  @Test
  void executionsGoOnWhenTheServerIsBack() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    assertThat(take(rig.server.settled).getRunningExecutionIdsList()).isEmpty();
    var open = rig.fetch();
    open.message();
    List<String> running = rig.server.running();
    rig.server.goAway();
    rig.server.start();
    untilConnected();
    assertThat(take(rig.server.settled).getRunningExecutionIdsList()).isEqualTo(running);
    open.assertSilent();
    assertThat(rig.server.running()).isEqualTo(running);
  }

  @Test
  void aNodeThatIsBehindTriesAgainByItself() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.server.failNext(Status.FAILED_PRECONDITION);
    rig.server.failNext(Status.FAILED_PRECONDITION);
    var stream = rig.fetch();
    rig.awaitAsTimePasses(
        "a third attempt", Duration.ofMillis(50), () -> rig.server.openCalls.get() >= 3);
    assertThat(stream.message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void aNodeThatStaysBehindAnswersAllTheSame() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    for (int i = 0; i < 50; i++) {
      rig.server.failNext(Status.FAILED_PRECONDITION);
    }
    var stream = rig.fetch();
    rig.awaitAsTimePasses("the end of the stream", Duration.ofMillis(200), stream::isOver);
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void whatTheServerRefusesIsNoIdentity() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.server.failNext(Status.PERMISSION_DENIED);
    Status end = rig.fetch().end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.getDescription())
        .isEqualTo("no identity issued: the server refused it (credence explain says why)");
  }

  @Test
  void aFailedRenewalIsTriedAgainAndTheOldOneServedMeanwhile() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    String serial = NodeRig.serial(stream.message());
    rig.server.failNext(Status.UNAVAILABLE);
    rig.server.failNext(Status.INTERNAL);
    rig.time.advance(FakeServer.SVID_TTL.multipliedBy(51).dividedBy(100));
    rig.awaitAsTimePasses(
        "the renewal", Duration.ofSeconds(1), () -> rig.server.renewCalls.get() >= 3);
    assertThat(NodeRig.serial(stream.message())).isNotEqualTo(serial);
  }

  @Test
  void anExecutionThatTheServerDoesNotKnowIsOpenedAnew() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    String serial = NodeRig.serial(stream.message());
    rig.server.forgetExecutions();
    rig.time.advance(FakeServer.SVID_TTL.multipliedBy(51).dividedBy(100));
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(NodeRig.serial(rig.fetch().message())).isNotEqualTo(serial);
  }

  @Test
  void afterItsOwnSvidIsOverTheNodeRenewsFirst_andThenOpensItsStream() {
    rig.startAndWait();
    take(rig.server.opens);
    rig.node().close();
    rig.time.advance(FakeServer.NODE_TTL.plusDays(2));
    int renewals = rig.server.nodeRenewals.get();
    rig.startWithoutToken();
    rig.time.advance(Duration.ZERO);
    NodeRig.await("the renewal", () -> rig.server.nodeRenewals.get() == renewals + 1);
    rig.node().ready().orTimeout(60, TimeUnit.SECONDS).join();
    assertThat(rig.server.opens).hasSize(1);
    assertThat(rig.server.attests).hasSize(1);
    assertThat(rig.local().explain(ExplainRequest.getDefaultInstance()).getNodeProblem()).isEmpty();
  }

  @Test
  void whoIsNotTakenBackSaysSoAndWhatToDo() {
    rig.startAndWait();
    rig.node().close();
    rig.time.advance(FakeServer.NODE_TTL.plusDays(8));
    rig.server.refuseRenewals(
        Status.PERMISSION_DENIED.withDescription("node x: its SVID expired too long ago"));
    rig.startWithoutToken();
    rig.time.advance(Duration.ZERO);
    NodeRig.await("the line", () -> problem().contains("its SVID expired too long ago"));
    assertThat(problem())
        .startsWith("the server does not take this node back")
        .endsWith(
            "put a new token (credence node token create) into join_token_file and start the node"
                + " again");
  }

  @Test
  void withoutItsServerItSaysUntilWhenItCanComeBack() {
    rig.startAndWait();
    rig.node().close();
    rig.server.goAway();
    rig.time.advance(FakeServer.NODE_TTL.plusDays(2));
    rig.startWithoutToken();
    assertThat(problem()).contains("it can come back to its server until");
    rig.time.advance(Duration.ofDays(6));
    assertThat(problem())
        .contains("more than 7 days ago")
        .endsWith("into join_token_file and start the node again");
  }

  private String problem() {
    return rig.local().explain(ExplainRequest.getDefaultInstance()).getNodeProblem();
  }

  @Test
  void theNodesOwnSvidIsRenewedBeforeHalfLifeAndTheStreamOpenedAgain() {
    rig.startAndWait();
    take(rig.server.opens);
    rig.advance(FakeServer.NODE_TTL.multipliedBy(39).dividedBy(100), Duration.ofMinutes(30));
    assertThat(rig.server.nodeRenewals).hasValue(0);
    rig.advance(FakeServer.NODE_TTL.multipliedBy(12).dividedBy(100), Duration.ofMinutes(30));
    NodeRig.await("the renewal", () -> rig.server.nodeRenewals.get() == 1);
    assertThat(take(rig.server.opens).hasCursor()).isTrue();
  }
}

package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.DecideNode.Wanted;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.Push.Over;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.testing.CoreWorld;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A data folder that is in use twice is noticed; what only looks like it is not.
final class NodeCopiesTest {
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

  private NodeStream welcomed(ServerCore core, Id start, String serial) throws ServerException {
    return core.nodeStreams()
        .open(bench.node.id(), CoreWorld.hello(start).showing(serial), () -> {});
  }

  private NodeStream settled(Id start) throws ServerException {
    return settled(bench.world.core, start, "01");
  }

  private NodeStream settled(ServerCore core, Id start, String serial) throws ServerException {
    NodeStream stream = welcomed(core, start, serial);
    stream.settle(
        stream.welcome().hosted().stream().map(Execution::id).collect(Collectors.toSet()));
    return stream;
  }

  private NodeState state() throws ServerException {
    return bench.world.core.queries().node(bench.node.id().toString()).node().state();
  }

  private Id newStart() {
    return Id.random(bench.world.random);
  }

  private String why() throws ServerException {
    return bench.world.events().stream()
        .filter(it -> it.event().what().kind().label().equals("node-suspended"))
        .map(it -> it.event().what().details().getOrDefault("reason", ""))
        .collect(Collectors.joining());
  }

  @Test
  void startIdsThatAlternate_suspendTheNode() throws Exception {
    Id copy = newStart();
    NodeStream _ = settled(copy);
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
    NodeStream back = settled(bench.node.startId());
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
    assertThat(back.next()).contains(new Over(Cause.SHUT_OUT));
    assertThat(why())
        .isEqualTo(
            "its key is used by two daemons: start id %s is back after %s (a copied data folder)"
                .formatted(bench.node.startId(), copy));
    assertThat(bench.shown(svid.execution()).execution().end().map(Execution.End::reason))
        .contains("node-suspended");
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> settled(copy));
  }

  private NodeStream welcomedBy(Sha256 key) throws ServerException {
    return bench
        .world
        .core
        .nodeStreams()
        .open(bench.node.id(), CoreWorld.hello(newStart()).showing("01").by(key), () -> {});
  }

  @Test
  void anSvidOfAnotherKeyThanThePinnedOne_suspendsTheNode_beforeItIsWelcomed() throws Exception {
    Sha256 pinned = Sha256.of(bench.node.keys().getPublic().getEncoded());
    NodeStream _ = welcomedBy(pinned);
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
    Sha256 earlier = Sha256.of(new byte[] {1});
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> welcomedBy(earlier));
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
    assertThat(why()).contains(earlier.toString(), pinned.toString());
  }

  @Test
  void theyAreNoticed_overARestartOfTheServer() throws Exception {
    NodeStream _ = settled(newStart());
    try (ServerCore after = bench.world.restarted()) {
      NodeStream _ = settled(after, bench.node.startId(), "01");
      assertThat(state()).isEqualTo(NodeState.SUSPENDED);
    }
  }

  @Test
  void restartsOfTheDaemon_reconnects_andOfTheServer_areNoCopies() throws Exception {
    for (int i = 0; i < 5; i++) {
      Id start = newStart();
      NodeStream _ = settled(start);
      NodeStream _ = settled(start);
      try (ServerCore after = bench.world.restarted()) {
        NodeStream _ = settled(after, start, "01");
      }
      NodeStream _ = settled(start);
    }
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
  }

  @Test
  void aStreamOfADaemonThatIsGone_isNoCopy() throws Exception {
    // Its open was still on the way when the next daemon began; it never answers the welcome.
    Id next = newStart();
    NodeStream _ = settled(next);
    NodeStream _ = welcomed(bench.world.core, bench.node.startId(), "01");
    NodeStream _ = settled(next);
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
  }

  @Test
  void takenBack_whoIsLeftGoesOn() throws Exception {
    NodeStream _ = settled(newStart());
    NodeStream _ = settled(bench.node.startId());
    DecidedNode _ =
        bench
            .world
            .core
            .decideNode()
            .run(
                CoreWorld.ADMIN,
                bench.world.request(),
                new Wanted(Decision.RESUME, bench.node.id().toString(), "the copy is gone"));
    NodeStream stream = settled(bench.node.startId());
    stream.settle(Set.of());
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
  }

  private String renew(String serial) throws ServerException {
    NodeSvid renewed =
        bench
            .world
            .core
            .renewNode()
            .run(
                bench.node.id(),
                bench.world.request(),
                new RenewNode.Asked(bench.node.startId(), Optional.of(serial)),
                bench.world.csr(bench.node.keys()));
    return Certificates.serialHex(renewed.chain().getFirst());
  }

  @Test
  void aRenewalFromASerial_whoseSuccessorIsInUse_suspendsTheNode() throws Exception {
    String next = renew("01");
    NodeStream _ = settled(bench.world.core, bench.node.startId(), next);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> renew("01"));
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
    assertThat(why())
        .isEqualTo(
            "its key is used by two daemons: a renewal from serial 01, whose successor %s is in use (a copied data folder, or one from a backup)"
                .formatted(next));
    assertThat(bench.shown(svid.execution()).execution().running()).isFalse();
  }

  @Test
  void renewalsWhoseAnswersWereLost_areNoCopies() throws Exception {
    List<String> lost = List.of(renew("01"), renew("01"));
    String kept = renew("01");
    NodeStream _ = settled(bench.world.core, bench.node.startId(), kept);
    String later = renew(kept);
    assertThat(later).isNotIn(lost);
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
  }

  @Test
  void aRenewal_isAUseOfTheSerialThatItIsFrom() throws Exception {
    // The thief opens no stream with what it got: it only renews, and renews again.
    String next = renew("01");
    String _ = renew(next);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> renew("01"));
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
  }

  @Test
  void twoSuccessorsOfOneSerial_bothInUse_suspendTheNode() throws Exception {
    String one = renew("01");
    String other = renew("01");
    NodeStream _ = settled(bench.world.core, bench.node.startId(), one);
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> welcomed(bench.world.core, bench.node.startId(), other));
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
    assertThat(why())
        .isEqualTo(
            "its key is used by two daemons: serials %s and %s, renewed from the same one, are both in use (a copied data folder, or one from a backup)"
                .formatted(one, other));
    assertThat(bench.shown(svid.execution()).execution().running()).isFalse();
  }

  @Test
  void twoSuccessors_oneShownByARenewal_suspendTheNode() throws Exception {
    String one = renew("01");
    String other = renew("01");
    String _ = renew(one);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> renew(other));
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
  }

  @Test
  void whoOpensAStream_andDoesNotSettle_getsNothing() throws Exception {
    Id thief = newStart();
    NodeStream stream = welcomed(bench.world.core, thief, "01");
    stream.close();
    var asked =
        new OpenExecution.Asked(
            thief, bench.registration(), bench.agent.subject().revision(), bench.matching());
    String why =
        "start id %s: not settled on the newest stream of node %s (expected: settled first)"
            .formatted(thief, bench.node.id());
    ServerException _ = refused(Kind.STALE, why, () -> bench.open(asked, bench.world.csr()));
    ServerException _ =
        refused(
            Kind.STALE,
            why,
            () ->
                bench
                    .world
                    .core
                    .renewExecution()
                    .run(
                        bench.node.id(),
                        bench.world.request(),
                        new RenewExecution.Asked(thief, svid.execution(), bench.matching()),
                        bench.world.csr()));
    ServerException _ =
        refused(
            Kind.STALE,
            why,
            () ->
                bench
                    .world
                    .core
                    .renewNode()
                    .run(
                        bench.node.id(),
                        bench.world.request(),
                        new RenewNode.Asked(thief, Optional.of("01")),
                        bench.world.csr(bench.node.keys())));
    ServerException _ =
        refused(
            Kind.STALE,
            why,
            () ->
                bench
                    .world
                    .core
                    .endExecution()
                    .byNode(
                        bench.node.id(),
                        bench.world.request(),
                        new EndExecution.Report(thief, svid.execution(), "process-exited")));
    NodeStream _ = settled(bench.node.startId());
    assertThat(state()).isEqualTo(NodeState.ACTIVE);
    assertThat(bench.shown(svid.execution()).execution().running()).isTrue();
  }

  @Test
  void whoKeepsTheOwnerFromSettling_isNoticedAllTheSame() throws Exception {
    for (int round = 1; round <= 2; round++) {
      NodeStream _ = welcomed(bench.world.core, newStart(), "01");
      NodeStream owner = welcomed(bench.world.core, bench.node.startId(), "01");
      NodeStream _ = welcomed(bench.world.core, newStart(), "01");
      ServerException _ =
          Refusals.refusedLike(
              Kind.STALE,
              "stream of node .*: a newer one replaced it",
              () -> {
                owner.settle(Set.of());
                return "";
              });
      assertThat(state()).isEqualTo(NodeState.ACTIVE);
    }
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> welcomed(bench.world.core, bench.node.startId(), "01"));
    assertThat(state()).isEqualTo(NodeState.SUSPENDED);
    assertThat(why()).contains("opened a stream 3 times after others did");
  }

  @Test
  void whoOpensStreamsWithoutPause_isTold_andCannotKeepTheOwnerAway() throws Exception {
    ServerException flood = null;
    for (int i = 0; i < 500 && flood == null; i++) {
      try {
        NodeStream _ = welcomed(bench.world.core, newStart(), "01");
      } catch (ServerException e) {
        flood = e;
      }
    }
    assertThat(flood)
        .hasMessage(
            "node %s: too many streams opened (expected: at most 2 per second, 120 at once)"
                .formatted(bench.node.id()));
    assertThat(flood)
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.kind()).isEqualTo(Kind.EXHAUSTED));
    NodeStream _ = settled(bench.node.startId());
    CoreWorld.Joined other = bench.world.join(java.util.Map.of());
    assertThat(other.stream().welcome().node()).isEqualTo(other.id());
  }

  @Test
  void messagesOnAStream_areLimited() throws Exception {
    NodeStream stream = bench.node.stream();
    ServerException flood = null;
    for (int i = 0; i < 5_000 && flood == null; i++) {
      try {
        stream.arrived();
      } catch (ServerException e) {
        flood = e;
      }
    }
    assertThat(flood)
        .hasMessage(
            "node %s: too many messages on its stream (expected: at most 100 per second, 2000 at once)"
                .formatted(bench.node.id()));
    CoreWorld.Joined other = bench.world.join(java.util.Map.of());
    other.stream().arrived();
  }

  @Test
  void aNode_cannotHoardCertificates_ofOneExecution() throws Exception {
    var process = bench.world.process();
    IssuedSvid first = bench.open(bench.matching(process));
    for (int i = 1; i < 16; i++) {
      IssuedSvid _ = bench.renew(first.execution(), bench.matching(process));
    }
    String why =
        "execution %s: 16 certificates of it are valid (expected: fewer; ask again when one has expired)"
            .formatted(first.execution());
    ServerException _ =
        refused(Kind.EXHAUSTED, why, () -> bench.renew(first.execution(), bench.matching(process)));
    ServerException _ = refused(Kind.EXHAUSTED, why, () -> bench.open(bench.matching(process)));
    // Other executions do not notice; and when they have expired, it goes on.
    IssuedSvid _ = bench.open(bench.matching());
    bench.world.clock.advance(java.time.Duration.ofMinutes(11));
    IssuedSvid _ = bench.renew(first.execution(), bench.matching(process));
  }
}

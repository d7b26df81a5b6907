package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.RenewNode.Asked;
import dev.credence.server.core.RenewNode.Returning;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.testing.CoreWorld;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node whose SVID ran out while it was away comes back by it and the pinned key, for 7 days.
final class NodeReturnTest {
  private ExecutionsBench bench;
  private Instant expired;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    expired = presenceEnd();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private Instant presenceEnd() throws ServerException {
    return bench
        .world
        .core
        .queries()
        .node(bench.node.id().toString())
        .node()
        .presence()
        .svidNotAfter();
  }

  private void moveTo(Instant time) {
    bench.world.clock.advance(Duration.between(bench.world.clock.instant(), time));
  }

  private NodeSvid back(String serial, KeyPair shown) throws ServerException {
    return back(serial, shown, bench.node.keys());
  }

  /// With a daemon start that the server never saw.
  private NodeSvid back(String serial, KeyPair shown, KeyPair wanted) throws ServerException {
    Sha256 key = Sha256.of(shown.getPublic().getEncoded());
    return bench
        .world
        .core
        .renewNode()
        .run(
            bench.node.id(),
            bench.world.request(),
            new Asked(
                Id.random(bench.world.random),
                Optional.of(serial),
                Optional.of(new Returning(key, expired))),
            bench.world.csr(wanted));
  }

  @Test
  void within7Days_itIsBack_andAnEventSaysSo() throws Exception {
    moveTo(expired.plus(Duration.ofDays(7)));
    NodeSvid svid = back("01", bench.node.keys());
    assertThat(svid.node()).isEqualTo(bench.node.id());
    assertThat(presenceEnd()).isEqualTo(svid.chain().getFirst().getNotAfter().toInstant());
    assertThat(bench.world.events())
        .filteredOn(it -> it.event().what().kind().label().equals("node-returned"))
        .singleElement()
        .satisfies(it ->
            assertThat(it.event().what().details())
                .containsEntry("expired", expired.toString())
                .containsEntry("serial", Certificates.serialHex(svid.chain().getFirst()))
                .containsKeys("key", "not-after"));
    assertThat(bench.world.events())
        .noneMatch(it -> it.event().what().kind().label().equals("node-renewed"));
    CoreWorld.Joined again =
        bench.world.connect(bench.node.id(), bench.node.keys(), Id.random(bench.world.random));
    assertThat(again.stream().welcome().node()).isEqualTo(bench.node.id());
  }

  @Test
  void later_itIsRefused_andToldWhatToDo() throws Exception {
    moveTo(expired.plus(Duration.ofDays(7)).plusSeconds(1));
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: its SVID expired at %s (expected: at most 7 days ago): it needs a new join token (credence node token create)"
                .formatted(bench.node.id(), expired),
            () -> back("01", bench.node.keys()));
    assertThat(bench.world.events())
        .anyMatch(it -> it.event().what().kind().label().equals("refused"));
  }

  @Test
  void onlyThePinnedKey_bringsItBack() throws Exception {
    moveTo(expired.plusSeconds(5));
    KeyPair other = bench.world.newKeys();
    ServerException _ =
        Refusals.refusedLike(
            Kind.REFUSED,
            "node .*: key [0-9a-f]{64} is not the one that is pinned for it .*",
            () -> back("01", bench.node.keys(), other));
    // An SVID of another key: it had that one before, so somebody else has the pinned one.
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> back("01", other, other));
  }

  @Test
  void outOfService_itStaysOut() throws Exception {
    moveTo(expired.plusSeconds(5));
    for (NodeState state :
        new NodeState[] {NodeState.SUSPENDED, NodeState.BANNED, NodeState.EVICTED}) {
      bench.store.tamperNode(bench.node.id(), state);
      ServerException _ =
          refused(
              Kind.REFUSED,
              "node %s: %s (expected: active)"
                  .formatted(bench.node.id(), state.name().toLowerCase(java.util.Locale.ROOT)),
              () -> back("01", bench.node.keys()));
    }
  }

  @Test
  void twoThatComeBack_byTheSameSerial_areACopiedDisk() throws Exception {
    moveTo(expired.plusSeconds(5));
    String first = Certificates.serialHex(back("01", bench.node.keys()).chain().getFirst());
    // Its answer was lost: the same daemon asks again, and nobody showed the first.
    String second = Certificates.serialHex(back("01", bench.node.keys()).chain().getFirst());
    NodeStream _ =
        bench
            .world
            .core
            .nodeStreams()
            .open(
                bench.node.id(),
                CoreWorld.hello(Id.random(bench.world.random)).showing(second),
                () -> {});
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(bench.node.id()),
            () -> back("01", bench.node.keys()));
    assertThat(first).isNotEqualTo(second);
    assertThat(bench.world.core.queries().node(bench.node.id().toString()).node().state())
        .isEqualTo(NodeState.SUSPENDED);
  }

  @Test
  void whoComesBackWithoutPause_isTold_andTakesNothingFromTheNodesOtherCalls() throws Exception {
    moveTo(expired.plusSeconds(5));
    ServerException flood = null;
    for (int i = 0; i < 100 && flood == null; i++) {
      try {
        NodeSvid _ = back("01", bench.node.keys());
      } catch (ServerException e) {
        flood = e;
      }
    }
    assertThat(flood)
        .hasMessage(
            "node %s: too many returns with an expired SVID (expected: at most 1 per second, 20 at once)"
                .formatted(bench.node.id()));
    IssuedSvid svid = bench.open(bench.matching());
    assertThat(svid.chain()).isNotEmpty();
    assertThat(bench.world.join(Map.of("region", "eu")).id()).isNotEqualTo(bench.node.id());
  }
}

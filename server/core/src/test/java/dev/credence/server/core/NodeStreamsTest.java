package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.BundlePush;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.Push.Ended;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.Push.Over;
import dev.credence.server.core.Push.RegistryPush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.testing.CoreWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NodeStreamsTest {
  private ExecutionsBench bench;
  private final AtomicInteger signals = new AtomicInteger();

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private NodeStream open(Id startId) throws ServerException {
    return bench
        .world
        .core
        .nodeStreams()
        .open(bench.node.id(), CoreWorld.hello(startId), signals::incrementAndGet);
  }

  private Id newStart() {
    return Id.random(bench.world.random);
  }

  private Optional<String> endReason(IssuedSvid svid) throws ServerException {
    return bench.shown(svid.execution()).execution().end().map(Execution.End::reason);
  }

  @Test
  void nothingIsPushed_beforeTheNodeSettled_thenBundleAndRegistry() throws Exception {
    NodeStream stream = open(newStart());
    assertThat(stream.welcome().node()).isEqualTo(bench.node.id());
    assertThat(stream.welcome().labels()).isEqualTo(Map.of("region", "eu"));
    assertThat(stream.next()).isEqualTo(Optional.empty());
    int before = signals.get();
    stream.settle(Set.of());
    assertThat(signals.get()).isGreaterThan(before);
    assertThat(stream.next()).contains(new BundlePush(bench.world.core.trust().bundle()));
    assertThat(stream.next()).get().isInstanceOf(RegistryPush.class);
    assertThat(stream.next()).isEqualTo(Optional.empty());
  }

  @Test
  void newStart_settlesWhatRan_whatIsNotKeptEndsAsNodeRestarted() throws Exception {
    IssuedSvid kept = bench.open(bench.matching());
    IssuedSvid gone = bench.open(bench.matching());
    NodeStream stream = open(newStart());
    assertThat(stream.welcome().hosted())
        .extracting(Execution::id)
        .containsExactly(kept.execution(), gone.execution());
    stream.settle(Set.of(kept.execution(), newStart()));
    assertThat(endReason(kept)).isEmpty();
    assertThat(endReason(gone)).contains("node-restarted");
    assertThat(bench.world.eventKinds()).filteredOn("node-started"::equals).hasSize(2);
    assertThat(bench.world.eventKinds()).filteredOn("execution-ended"::equals).hasSize(1);
  }

  @Test
  void knownStart_settlesToo_whatTheNodeDoesNotKnowEndsAsLost() throws Exception {
    IssuedSvid gone = bench.open(bench.matching());
    NodeStream stream = open(bench.node.startId());
    stream.settle(Set.of());
    assertThat(endReason(gone)).contains("node-lost-track");
    assertThat(bench.world.eventKinds()).filteredOn("node-started"::equals).hasSize(1);
  }

  @Test
  void whatBeganAfterTheWelcome_isNotSettled() throws Exception {
    NodeStream stream = open(bench.node.startId());
    stream.settle(Set.of());
    IssuedSvid later = bench.open(bench.matching());
    stream.settle(Set.of());
    assertThat(endReason(later)).isEmpty();
  }

  @Test
  void newerStream_replacesTheOlder_whichIsToldSoForEver() throws Exception {
    NodeStream older = open(bench.node.startId());
    int before = signals.get();
    NodeStream newer = open(bench.node.startId());
    assertThat(signals.get()).isGreaterThan(before);
    assertThat(older.next()).contains(new Over(Cause.REPLACED));
    assertThat(older.next()).contains(new Over(Cause.REPLACED));
    // What the older one still does changes nothing.
    older.close();
    assertThat(bench.world.core.nodeStreams().isConnected(bench.node.id())).isTrue();
    newer.settle(Set.of());
    assertThat(newer.next()).isPresent();
  }

  @Test
  void replacedStream_cannotEndExecutions() throws Exception {
    IssuedSvid running = bench.open(bench.matching());
    NodeStream older = open(bench.node.startId());
    NodeStream newer = open(bench.node.startId());
    ServerException _ =
        refused(
            Kind.STALE,
            "stream of node %s: a newer one replaced it".formatted(bench.node.id()),
            () -> {
              older.settle(Set.of());
              return "settled";
            });
    newer.settle(Set.of(running.execution()));
    assertThat(endReason(running)).isEmpty();
  }

  @Test
  void manyStreamsAtOnce_oneIsLeft_andItsStartIsTheStoredOne() throws Exception {
    for (int round = 0; round < 5; round++) {
      List<NodeStream> opened = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Optional<NodeStream>>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          Id start = newStart();
          all.add(threads.submit(() -> openUnlessReplaced(start)));
        }
        for (Future<Optional<NodeStream>> one : all) {
          one.get().ifPresent(opened::add);
        }
      }
      List<NodeStream> left =
          opened.stream()
              .filter(it -> !it.next().equals(Optional.of(new Over(Cause.REPLACED))))
              .toList();
      assertThat(left).hasSize(1);
      assertThat(
              bench
                  .world
                  .core
                  .queries()
                  .node(bench.node.id().toString())
                  .node()
                  .presence()
                  .startId())
          .contains(left.getFirst().startId());
    }
  }

  private Optional<NodeStream> openUnlessReplaced(Id start) throws ServerException {
    try {
      return Optional.of(open(start));
    } catch (ServerException e) {
      assertThat(e.kind()).isEqualTo(Kind.STALE);
      return Optional.empty();
    }
  }

  @Test
  void whatEndsBetweenWelcomeAndSettled_isPushedAfterwards() throws Exception {
    IssuedSvid svid = bench.open(bench.matching());
    NodeStream stream = open(bench.node.startId());
    var _ =
        bench
            .world
            .core
            .endExecution()
            .byAdministrator(
                CoreWorld.ADMIN, bench.world.request(), svid.execution().toString(), "");
    assertThat(stream.next()).isEqualTo(Optional.empty());
    stream.settle(Set.of(svid.execution()));
    assertThat(stream.next()).get().isInstanceOf(BundlePush.class);
    assertThat(stream.next()).get().isInstanceOf(RegistryPush.class);
    assertThat(stream.next())
        .contains(new EndedPush(List.of(new Ended(svid.execution(), "administrator"))));
    assertThat(endReason(svid)).contains("administrator");
  }

  @Test
  void presence_isWrittenWhenAStreamOpensAndCloses_notBetween() throws Exception {
    NodeStream stream = open(bench.node.startId());
    stream.settle(Set.of());
    int writes = bench.store.writes();
    bench.world.clock.advance(Duration.ofHours(1));
    NodeView connected = bench.world.core.queries().node(bench.node.id().toString());
    assertThat(connected.connected()).isTrue();
    assertThat(connected.lastSeenAt()).isEqualTo("2026-05-04T11:00:00.123Z");
    assertThat(bench.store.writes()).isEqualTo(writes);
    stream.close();
    stream.close();
    assertThat(bench.store.writes()).isEqualTo(writes + 1);
    bench.world.clock.advance(Duration.ofHours(1));
    NodeView gone = bench.world.core.queries().node(bench.node.id().toString());
    assertThat(gone.connected()).isFalse();
    assertThat(gone.lastSeenAt()).isEqualTo("2026-05-04T11:00:00.123Z");
    assertThat(gone.node().presence().hostName()).isEqualTo("host-1");
  }

  @Test
  void suspendedNode_andUnreadableHello_areRefused() {
    ServerException _ =
        refused(
            Kind.INVALID,
            "host name: control characters (expected: one line of text); software: 256 bytes"
                + " (expected: at most 255)",
            () ->
                bench
                    .world
                    .core
                    .nodeStreams()
                    .open(
                        bench.node.id(),
                        new StreamHello(newStart(), Optional.empty(), "a\nb", "x".repeat(256)),
                        () -> {}));
    bench.store.tamperNode(bench.node.id(), NodeState.BANNED);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: banned (expected: active)".formatted(bench.node.id()),
            () -> open(newStart()));
  }

  @Test
  void afterTheServersRestart_aNodeThatIsUpToDate_isNotSentEverything() throws Exception {
    NodeStream stream = open(bench.node.startId());
    stream.settle(Set.of());
    RegistryPush full = registryPush(stream);
    assertThat(full.full()).isTrue();
    try (ServerCore later = bench.world.restarted()) {
      var hello =
          new StreamHello(
              bench.node.startId(),
              Optional.of(new Cursor(full.epoch(), full.number())),
              "host-1",
              "credence 0.1");
      NodeStream again = later.nodeStreams().open(bench.node.id(), hello, () -> {});
      again.settle(Set.of());
      RegistryPush push = registryPush(again);
      assertThat(push)
          .isEqualTo(
              new RegistryPush(
                  full.epoch(), full.number(), full.number(), false, List.of(), List.of()));
    }
  }

  private static RegistryPush registryPush(NodeStream stream) {
    Optional<Push> push = stream.next();
    while (push.isPresent()) {
      if (push.get() instanceof RegistryPush update) {
        return update;
      }
      push = stream.next();
    }
    throw new AssertionError("no registry update");
  }

  @Test
  void stop_endsEveryStream() throws Exception {
    NodeStream stream = open(bench.node.startId());
    bench.world.core.beginStop();
    assertThat(stream.next()).contains(new Over(Cause.STOPPING));
  }
}

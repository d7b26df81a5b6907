package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.Push.Over;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.ManualTicker;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.ToldNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node that is silent loses its executions.
final class NodeLeasesTest {
  private static final int LOOKS_OF_A_LEASE = 30;

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

  private void looks(int count) {
    for (int i = 0; i < count; i++) {
      bench.world.clock.advance(NodeLeases.LOOK_EVERY);
      bench.world.ticker.tick();
    }
  }

  private Optional<String> endReason() throws ServerException {
    return bench.shown(svid.execution()).execution().end().map(Execution.End::reason);
  }

  @Test
  void silence_endsExecutions_afterTheLease_notBefore() throws Exception {
    bench.node.stream().close();
    looks(LOOKS_OF_A_LEASE - 1);
    assertThat(endReason()).isEmpty();
    looks(1);
    assertThat(endReason()).contains("node-lost");
    assertThat(bench.world.events())
        .filteredOn(it -> it.event().what().kind().label().equals("node-lost"))
        .singleElement()
        .satisfies(it ->
            assertThat(it.event().what().details())
                .containsEntry("executions", "1")
                .containsEntry("lease", "PT5M"));
    // It is told once, not at each look.
    looks(2 * LOOKS_OF_A_LEASE);
    assertThat(bench.world.eventKinds()).filteredOn("node-lost"::equals).hasSize(1);
  }

  /// The note of a renewal says so to the other servers; to this one it says nothing new.
  @Test
  void silenceAfterARenewalThatWasJustNoted_isALeaseLong_notTwo() throws Exception {
    looks(LOOKS_OF_A_LEASE - 1);
    Duration half = NodeLeases.LOOK_EVERY.dividedBy(2);
    bench.world.clock.advance(half);
    Instant heard = now();
    bench.node.stream().renewLease();
    bench.world.clock.advance(half);
    bench.world.ticker.tick();
    assertThat(lastSeen()).as("noted").isEqualTo(heard);
    looks(LOOKS_OF_A_LEASE - 1);
    assertThat(Duration.between(heard, now())).isLessThan(Duration.ofMinutes(5));
    assertThat(endReason()).isEmpty();
    looks(1);
    assertThat(Duration.between(heard, now()))
        .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plus(NodeLeases.LOOK_EVERY));
    assertThat(endReason()).contains("node-lost");
  }

  @Test
  void renewals_keepThem() throws Exception {
    for (int i = 0; i < 4; i++) {
      looks(LOOKS_OF_A_LEASE - 1);
      bench.node.stream().renewLease();
    }
    assertThat(endReason()).isEmpty();
  }

  @Test
  void anOpenStreamAlone_isNoSignOfLife() throws Exception {
    bench.drain();
    looks(LOOKS_OF_A_LEASE);
    assertThat(endReason()).contains("node-lost");
    assertThat(bench.node.stream().next()).contains(new Over(Cause.RESTART));
  }

  @Test
  void whenTheNodeIsBack_itsProcessesGetNewExecutions() throws Exception {
    looks(LOOKS_OF_A_LEASE);
    var back = bench.world.connect(bench.node.id(), bench.node.keys(), bench.node.startId());
    assertThat(back.stream().welcome().hosted()).isEmpty();
    IssuedSvid again = bench.open(bench.matching());
    assertThat(again.execution()).isNotEqualTo(svid.execution());
    looks(LOOKS_OF_A_LEASE - 1);
    assertThat(bench.shown(again.execution()).execution().running()).isTrue();
  }

  @Test
  void itRunsOnlyWhileTheServerServes() throws Exception {
    looks(LOOKS_OF_A_LEASE - 1);
    for (int i = 0; i < LOOKS_OF_A_LEASE; i++) {
      bench.store.failReads(1);
      looks(1);
    }
    bench.store.failReads(0);
    assertThat(endReason()).isEmpty();
    looks(1);
    assertThat(endReason()).contains("node-lost");
  }

  @Test
  void theClockMayJump_itDoesNotCount() throws Exception {
    bench.world.clock.advance(Duration.ofDays(1));
    looks(1);
    assertThat(endReason()).isEmpty();
  }

  private void setBack(Duration by) throws ServerException {
    bench.world.clock.advance(by.negated());
    bench.world.core.care().acceptClock().run(CoreWorld.ADMIN, bench.world.request(), "was ahead");
  }

  private Instant lastSeen() {
    return lastSeen(bench.node.id());
  }

  private Instant lastSeen(Id node) {
    return bench.store.read(view -> view.nodes().find(node).orElseThrow().presence().lastSeenAt());
  }

  private Instant now() {
    return bench.world.clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  @Test
  void nodeOfAClockThatWasAhead_isLostAfterItsLease() throws Exception {
    bench.world.clock.advance(Duration.ofHours(2));
    bench.node.stream().renewLease();
    bench.world.ticker.tick();
    assertThat(lastSeen()).isEqualTo(now());
    bench.node.stream().renewLease();
    setBack(Duration.ofHours(2));
    looks(LOOKS_OF_A_LEASE);
    assertThat(endReason()).contains("node-lost");
  }

  @Test
  void nodeThatIsHeardAfterTheClockWasSetBack_isNotedThen() throws Exception {
    bench.world.clock.advance(Duration.ofHours(2));
    bench.node.stream().renewLease();
    bench.world.ticker.tick();
    setBack(Duration.ofHours(2));
    bench.world.clock.advance(Duration.ofMinutes(1));
    bench.node.stream().renewLease();
    bench.world.ticker.tick();
    assertThat(lastSeen()).isEqualTo(now());
  }

  @Test
  void timeAhead_isNeverBelieved_norWrittenLate() throws Exception {
    Instant ahead = bench.world.clock.instant().plus(Duration.ofHours(2));
    bench.store.tamper(tx -> {
      Node found = tx.nodes().find(bench.node.id()).orElseThrow();
      tx.nodes().update(CallingNode.seenAt(found, ahead));
    });
    bench.node.stream().close();
    assertThat(lastSeen()).isEqualTo(now());
    bench.world.clock.advance(Duration.ofHours(2));
    var node = bench.world.connect(bench.node.id(), bench.node.keys(), bench.node.startId());
    bench.store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    node.stream().close();
    setBack(Duration.ofHours(2));
    bench.world.ticker.tick();
    assertThat(lastSeen()).isEqualTo(now());
  }

  @Test
  void itBeginsAnew_atTheServersStart() throws Exception {
    looks(LOOKS_OF_A_LEASE - 1);
    var ticker = new ManualTicker();
    try (ServerCore _ = bench.world.restarted(ticker)) {
      for (int i = 1; i < LOOKS_OF_A_LEASE; i++) {
        bench.world.clock.advance(NodeLeases.LOOK_EVERY);
        ticker.tick();
      }
      assertThat(endReason()).isEmpty();
      bench.world.clock.advance(NodeLeases.LOOK_EVERY);
      ticker.tick();
      assertThat(endReason()).contains("node-lost");
    }
  }

  @Test
  void whatAnotherServerHeard_counts() throws Exception {
    bench.node.stream().close();
    looks(LOOKS_OF_A_LEASE - 1);
    Id node = bench.node.id();
    var seen = now();
    bench.store.tamper(tx -> {
      var found = tx.nodes().find(node).orElseThrow();
      var before = found.presence();
      tx.nodes()
          .update(
              CallingNode.seen(
                  found,
                  new dev.credence.server.core.model.Node.Presence(
                      before.startId(),
                      before.hostName(),
                      before.software(),
                      before.svidNotAfter(),
                      seen)));
    });
    looks(LOOKS_OF_A_LEASE - 1);
    assertThat(endReason()).isEmpty();
    looks(1);
    assertThat(endReason()).contains("node-lost");
  }

  @Test
  void theLastContact_isWrittenNowAndThen() throws Exception {
    int before = bench.store.writes();
    for (int i = 0; i < 10; i++) {
      bench.world.clock.advance(Duration.ofSeconds(30));
      bench.node.stream().renewLease();
      bench.world.ticker.tick();
    }
    // Every 2:30 at most.
    assertThat(bench.store.writes() - before).isBetween(1, 2);
    assertThat(List.of(endReason())).containsExactly(Optional.empty());
  }

  @Test
  void theLastContacts_areWrittenTogether() throws Exception {
    var nodes = new ArrayList<ToldNode>();
    for (int i = 0; i < 2 * Sightings.AT_ONCE; i++) {
      nodes.add(ToldNode.at(bench.world));
    }
    bench.world.clock.advance(Duration.ofMinutes(3));
    int before = bench.store.writes();
    nodes.forEach(node -> node.stream().renewLease());
    assertThat(bench.store.writes()).as("nobody waits for a write").isEqualTo(before);
    bench.world.ticker.tick();
    assertThat(bench.store.writes() - before).isEqualTo(2);
    assertThat(nodes).allSatisfy(node -> assertThat(lastSeen(node.id())).isEqualTo(now()));
  }

  @Test
  void aLastContactThatCouldNotBeWritten_isWrittenAtTheNextLook() throws Exception {
    bench.world.clock.advance(Duration.ofMinutes(3));
    Instant heard = now();
    bench.node.stream().renewLease();
    bench.store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    bench.world.ticker.tick();
    assertThat(lastSeen()).isBefore(heard);
    bench.world.clock.advance(NodeLeases.LOOK_EVERY);
    bench.world.ticker.tick();
    assertThat(lastSeen()).as("when it was heard, not when it was written").isEqualTo(heard);
  }

  @Test
  void theNodeIsToldHowOften_severalTimesALease() {
    Duration pause = bench.node.stream().welcome().renewLeaseEvery();
    assertThat(pause).isPositive().isLessThanOrEqualTo(NodeLeases.LOOK_EVERY.multipliedBy(6));
  }
}

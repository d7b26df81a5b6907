package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.CoreSettings.Administrators;
import dev.credence.server.core.CoreSettings.Lifetimes;
import dev.credence.server.core.CoreSettings.Limits;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.TestClock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What bounds a node and its agents, whatever they attest: NodeRates, AdministratorsPlace, an
/// authority that is over.
final class NodeLimitsTest {
  private static final Id NODE = new Id(1, 1);

  @Test
  void calls_areLimitedPerNode_andComeBackWithTime() throws Exception {
    var clock = new TestClock();
    var rates = new NodeRates(new Limits(1, 2, 3), clock);
    for (int i = 0; i < 3; i++) {
      rates.enter(NODE);
    }
    requireTooMany(rates);
    // Another node does not notice.
    rates.enter(new Id(2, 2));
    clock.advance(Duration.ofMillis(400));
    requireTooMany(rates);
    clock.advance(Duration.ofMillis(100));
    rates.enter(NODE);
    requireTooMany(rates);
    // A clock that was set back adds nothing.
    clock.advance(Duration.ofHours(-1));
    requireTooMany(rates);
    clock.advance(Duration.ofHours(2));
    rates.forgetFull();
    for (int i = 0; i < 3; i++) {
      rates.enter(NODE);
    }
    requireTooMany(rates);
  }

  private static void requireTooMany(NodeRates rates) {
    ServerException _ =
        refused(
            Kind.EXHAUSTED,
            "node %s: too many calls (expected: at most 2 per second, 3 at once)".formatted(NODE),
            () -> {
              rates.enter(NODE);
              return "";
            });
  }

  @Test
  void floodingNode_isToldSo_beforeAnythingIsChecked() throws Exception {
    try (var bench =
        new ExecutionsBench(settings(new Limits(100, 1, 2), false, Administrators.none()))) {
      IssuedSvid _ = bench.open(bench.matching());
      IssuedSvid svid = bench.open(bench.matching());
      int writes = bench.store.writes();
      ServerException _ =
          refused(
              Kind.EXHAUSTED,
              "node %s: too many calls (expected: at most 1 per second, 2 at once)"
                  .formatted(bench.node.id()),
              () -> bench.open(bench.asked(bench.matching()), new byte[9000]));
      for (int i = 0; i < 50; i++) {
        ServerException _ =
            Refusals.refusedLike(
                Kind.EXHAUSTED, "node .*", () -> bench.renew(svid.execution(), bench.matching()));
      }
      // One event for each operation, whatever comes.
      assertThat(bench.store.writes()).isEqualTo(writes + 2);
      bench.world.clock.advance(Duration.ofSeconds(2));
      assertThat(bench.open(bench.matching())).isNotNull();
    }
  }

  private static CoreSettings settings(Limits limits, boolean dev, Administrators administrators) {
    CoreSettings standard = CoreWorld.settings(dev);
    return new CoreSettings(
        CoreWorld.TRUST_DOMAIN,
        dev,
        Lifetimes.standard(),
        limits,
        standard.address(),
        administrators);
  }

  @Test
  void agent_thatCouldPassForAnAdministrator_getsNothing() throws Exception {
    String bootId = "0f8fad5b-d9cb-469f-a165-70867728950e";
    var here = new Administrators(Set.of(0, 1000), bootId, 4_026_531_836L);
    try (var bench = new ExecutionsBench(settings(Limits.standard(), false, here))) {
      ServerException _ =
          refused(
              Kind.REFUSED,
              "agent finance/bot: its process runs as uid 1000, which administers this server"
                  + " (expected: a uid of its own, another host or container, or dev mode)",
              () -> bench.open(bench.matching()));
      ProcessSeen other = bench.world.process();
      var asOther = new ProcessSeen(other.mark(), 1001, 1001, other.executable());
      assertThat(bench.open(bench.matching(asOther))).isNotNull();
    }
    var elsewhere = new Administrators(Set.of(1000), bootId, 4_026_531_837L);
    try (var bench = new ExecutionsBench(settings(Limits.standard(), false, elsewhere))) {
      assertThat(bench.open(bench.matching())).isNotNull();
    }
    try (var bench = new ExecutionsBench(settings(Limits.standard(), true, here))) {
      assertThat(bench.open(bench.matching())).isNotNull();
    }
  }

  @Test
  void authority_thatIsOver_issuesNothing_andSaysSo() throws Exception {
    try (var bench = new ExecutionsBench()) {
      bench.world.clock.advance(Duration.ofDays(31));
      ServerException _ =
          Refusals.refusedLike(
              Kind.UNAVAILABLE,
              "the authority is valid from 2026-05-04T09:59:30Z to 2026-06-03T10:00:00Z"
                  + " \\(expected: now, 2026-06-04T10:00:00.123Z\\): nothing can be issued",
              () -> bench.open(bench.matching()));
      assertThat(bench.world.core.queries().runningExecutions()).isZero();
    }
  }
}

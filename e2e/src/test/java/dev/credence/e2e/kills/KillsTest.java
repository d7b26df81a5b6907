package dev.credence.e2e.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.story.Console;
import dev.credence.e2e.story.Story;
import dev.credence.node.PointListener;
import dev.credence.server.store.CommitListener;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several servers with a node each, killed beside each other. `-Dcredence.kills=200` kills as
/// often (and demands that each named point is met), `-Dcredence.kills.seed=N` in the order of a
/// run that printed N; which thread was how far when a process died is nobody's to repeat.
@DisplayName("kill -9 of server and node, at named points and at any moment")
class KillsTest {
  private static final int SHORT = 20;
  private static final int KILLS = Integer.getInteger("credence.kills", SHORT);
  private static final int ENOUGH_FOR_EACH_POINT = 100;

  @TempDir Path folder;

  @Test
  @DisplayName(
      "nothing acknowledged is lost, no event is missing or there twice, no token counts twice, whoever is suspended or banned has nothing, and everybody comes back as who they were")
  void killed() throws Exception {
    long seed = Long.getLong("credence.kills.seed", new SecureRandom().nextInt(1_000_000_000));
    int pairs = Integer.getInteger("credence.kills.pairs", KILLS <= SHORT ? 2 : 3);
    Console.line(
        "seed %d, %d kills, %d servers with a node each%s"
            .formatted(
                seed,
                KILLS,
                pairs,
                KILLS < ENOUGH_FOR_EACH_POINT
                    ? " (a short run; -Dcredence.kills=200 kills as often)"
                    : ""));
    long began = System.nanoTime();
    var tally = new Tally(Math.max(1, KILLS - pairs * Rounds.AT_THE_END));
    try (var story = Story.of(KILLS + " kills, seed " + seed)) {
      story.step("killed and checked, round by round", () -> run(new Random(seed), pairs, tally));
    }
    Console.line(
        "%d kills in %d s:%n%s"
            .formatted(tally.total(), (System.nanoTime() - began) / 1_000_000_000L, tally));
    assertThat(tally.total()).isGreaterThanOrEqualTo(KILLS);
    if (KILLS >= ENOUGH_FOR_EACH_POINT) {
      assertThat(tally.counts().keySet()).containsAll(everyPoint());
    } else {
      // A point that nobody comes to counts as any moment: they must not all be such.
      assertThat(tally.counts().keySet()).containsAnyElementsOf(everyPoint());
    }
  }

  private void run(Random random, int pairs, Tally tally) throws Exception {
    var deck = Rounds.deck(random, KILLS);
    var crashing = crashing();
    try (var threads = Executors.newFixedThreadPool(pairs)) {
      var running = new ArrayList<Future<Integer>>();
      for (int i = 1; i <= pairs; i++) {
        var name = "pair " + i;
        var place = folder.resolve("p" + i);
        long seed = random.nextLong();
        running.add(
            threads.submit(() -> {
              try (var rounds = new Rounds(name, seed, deck, tally, Pair.start(crashing, place))) {
                return rounds.call();
              }
            }));
      }
      for (var one : running) {
        one.get();
      }
    }
  }

  private Crashing crashing() throws Exception {
    var crashing =
        Crashing.in(folder.resolve("programs")).trained(Place.in(folder.resolve("training")));
    Console.line("  caches of " + crashing.caches().size() + " programs");
    return crashing;
  }

  private static List<String> everyPoint() {
    return Stream.concat(
            Arrays.stream(CommitListener.Point.values()).map(point -> point + " of a server"),
            Arrays.stream(PointListener.Point.values()).map(point -> point + " of a node"))
        .toList();
  }
}

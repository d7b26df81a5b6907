package dev.credence.e2e.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// With `-Dcredence.fuzz.minutes=N` for N minutes altogether, from a seed that is printed; else for
/// a moment, always the same.
@DisplayName("parsers under fire")
class FuzzTest {

  private static final int ROUNDS = 3_000;
  private static final long SEED = 20261122;
  private static final double MINUTES =
      Double.parseDouble(System.getProperty("credence.fuzz.minutes", "0"));
  private static final String ONLY = System.getProperty("credence.fuzz.target", "");
  private static final long RANDOM =
      Long.getLong("credence.fuzz.seed", new SecureRandom().nextInt());

  static List<Target> targets() {
    var all = Targets.all();
    return ONLY.isEmpty()
        ? all
        : List.of(
            Targets.named(ONLY)
                .orElseThrow(() ->
                    new AssertionError(
                        ONLY
                            + " (expected one of "
                            + all.stream().map(Target::name).toList()
                            + ")")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  @DisplayName("nothing but a declared refusal comes out")
  void fire(Target target) throws Exception {
    var corpus = Corpus.of(target);
    if (MINUTES == 0) {
      new Fuzzer(target, SEED, corpus).run(round -> round < ROUNDS);
      return;
    }
    var share = Duration.ofMillis((long) (MINUTES * 60_000 / targets().size()));
    long end = System.nanoTime() + share.toNanos();
    var outcome =
        new Fuzzer(target, RANDOM, corpus).run(round -> round % 64 != 0 || System.nanoTime() < end);
    System.out.printf(
        "%s: seed %d, %d inputs in %s, %d accepted, %d places%n",
        target, RANDOM, outcome.rounds(), share, outcome.accepted(), outcome.places());
  }

  @Test
  @DisplayName("the same seed fires the same way")
  void deterministic() {
    var target = Targets.named("spiffe-id").orElseThrow();
    var first = new Fuzzer(target, 7, List.of()).run(round -> round < 2_000);
    assertThat(new Fuzzer(target, 7, List.of()).run(round -> round < 2_000)).isEqualTo(first);
    assertThat(first.places()).isGreaterThan(5);
    assertThat(first.accepted()).isPositive();
  }

  @Test
  @DisplayName("a parser that throws something else is found, with seed and input")
  void finds() {
    var bad =
        new Target(
            "bad",
            "Bad.parse",
            "tests",
            List.of("ok".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            java.util.Set.of(IllegalArgumentException.class),
            input -> {
              if (input.length > 3 && input[3] == 0) {
                throw new IndexOutOfBoundsException("there it is");
              }
            });
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new Fuzzer(bad, 1, List.of()).run(round -> round < 100_000))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1")
        .hasMessageContaining("there it is")
        .hasMessageContaining("hex:");
  }
}

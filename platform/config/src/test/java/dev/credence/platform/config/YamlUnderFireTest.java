package dev.credence.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Short, seeded: nothing but the declared exception comes out of the reading of configuration.
/// Longer: `-Dcredence.fuzz.rounds=1000000`.
final class YamlUnderFireTest {
  private static final int ROUNDS = Integer.getInteger("credence.fuzz.rounds", 5_000);
  private static final List<Key<?>> KEYS =
      List.of(
          Key.required("listen", Parsers::hostPort, "Where nodes connect to."),
          Key.optional(
              "svid.agent_ttl",
              Durations.between(Duration.ofMinutes(1), Duration.ofDays(1)),
              "10m",
              "Life."));
  private static final String ORIGINAL =
      """
      # comment
      listen: 127.0.0.1:8443
      svid:
        agent_ttl: 10m
      note: [a, "b", 'c', {d: e}]
      """;
  private static final String[] PIECES = {
    "- ",
    ": ",
    "\n",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!!x ",
    "? ",
    "|\n",
    ">-\n ",
    "\"",
    "'",
    "#",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\t",
    "\u0000",
    "\ud800",
    "\u0085",
    "\u2028",
    "~",
    "\\x",
    "\"\\U0011ffff\"",
    "\"\\ud800\"",
    "\ufeff",
    "%TAG ! x\n",
    "<<: *a"
  };

  @ParameterizedTest
  @ValueSource(longs = {3, 20261122})
  void anyText_isAConfigurationOrAListOfProblems(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      String text = spoiled(random);
      try {
        ConfigDocument _ = ConfigReader.parse("f", Path.of("/"), text, KEYS);
      } catch (ConfigException refused) {
        assertThat(refused.problems()).isNotEmpty();
      } catch (Throwable t) {
        throw new AssertionError("seed " + seed + ", round " + i + ": " + text, t);
      }
    }
  }

  private static String spoiled(Random random) {
    var text = new StringBuilder(ORIGINAL);
    for (int times = random.nextInt(6); times >= 0; times--) {
      int at = random.nextInt(text.length() + 1);
      String piece = PIECES[random.nextInt(PIECES.length)];
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, piece);
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
        case 2 -> text.insert(at, piece.repeat(random.nextInt(40)));
        default -> text.insert(at, (char) random.nextInt(0x10000));
      }
    }
    return text.toString();
  }
}

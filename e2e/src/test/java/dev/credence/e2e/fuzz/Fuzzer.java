package dev.credence.e2e.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/// Fires at one target. What guides it, in place of measured coverage: an input that is refused at
/// a line of ours where none was refused before, or that is accepted at a length that is new, is
/// kept and built upon. Deterministic in its seed.
final class Fuzzer {
  private static final int FRAMES = 6;
  private static final int MOST_KEPT = 4_000;
  private static final int LONGEST_MESSAGE = 8_192;
  private static final long SLOW_NANOS = 5_000_000_000L;

  private final Target target;
  private final long seed;
  private final List<byte[]> pool = new ArrayList<>();
  private final Set<Integer> seen = new HashSet<>();
  private long accepted;
  private long rounds;

  Fuzzer(Target target, long seed, List<byte[]> corpus) {
    this.target = target;
    this.seed = seed;
    pool.addAll(target.seeds());
    pool.addAll(corpus);
  }

  /// What it came to.
  record Outcome(long rounds, long accepted, int places) {}

  /// Fires as long as `more` says so, asked with the number of rounds.
  ///
  /// @throws AssertionError a finding: with the seed and the input
  Outcome run(LongPredicate more) {
    for (byte[] one : List.copyOf(pool)) {
      fire(one);
    }
    if (accepted == 0) {
      throw new AssertionError(target + ": none of its seeds is accepted, so it fires at a wall");
    }
    var mutator = new Mutator(seed);
    while (more.test(rounds)) {
      byte[] input = mutator.next(pool);
      if (fire(input) && pool.size() < MOST_KEPT) {
        pool.add(input);
      }
    }
    return new Outcome(rounds, accepted, seen.size());
  }

  /// True: something new was seen.
  private boolean fire(byte[] input) {
    rounds++;
    long begun = System.nanoTime();
    int place;
    try {
      target.body().run(input.clone());
      accepted++;
      place = 31 + Integer.numberOfLeadingZeros(input.length);
    } catch (Exception | Error e) {
      requireRefusal(input, e);
      place = place(e);
    }
    if (System.nanoTime() - begun > SLOW_NANOS) {
      throw finding(input, new AssertionError("took longer than 5 s"));
    }
    return seen.add(place);
  }

  private void requireRefusal(byte[] input, Throwable thrown) {
    if (target.refusals().stream().noneMatch(type -> type.isInstance(thrown))) {
      throw finding(input, thrown);
    }
    var message = thrown.getMessage();
    if (message == null || message.isBlank() || message.length() > LONGEST_MESSAGE) {
      throw finding(input, new AssertionError("refused with the message: " + message, thrown));
    }
    if (message.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n')) {
      throw finding(input, new AssertionError("a message with control characters", thrown));
    }
  }

  private static int place(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("dev.credence."))
        .filter(frame -> !frame.getClassName().startsWith("dev.credence.e2e."))
        .limit(FRAMES)
        .map(frame -> frame.getClassName() + ":" + frame.getLineNumber())
        .toList()
        .hashCode();
  }

  private AssertionError finding(byte[] input, Throwable what) {
    return new AssertionError(
        "%s (%s), seed %d, round %d: %s%n  hex:  %s%n  text: %s%n  keep it in e2e/src/test/resources/dev/credence/e2e/fuzz/corpus.tsv, for %s"
            .formatted(
                target.name(),
                target.parser(),
                seed,
                rounds,
                what,
                HexFormat.of().formatHex(input),
                new String(input, StandardCharsets.ISO_8859_1).replaceAll("\\p{Cntrl}", "."),
                target.name()),
        what);
  }
}

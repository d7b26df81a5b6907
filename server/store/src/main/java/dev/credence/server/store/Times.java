package dev.credence.server.store;

import java.time.Duration;
import java.time.Instant;

/// Times and durations as one number of nanoseconds, so that every value comes back exactly as it
/// was given. The price is a range: the years 1678 to 2262, and 292 years of duration. What lies
/// outside is refused, never cut.
final class Times {
  private static final long NANOS = 1_000_000_000L;

  private Times() {}

  static long nanos(Instant time) {
    try {
      return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS), time.getNano());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "time: " + time + " (expected: in the years 1678 to 2262)", e);
    }
  }

  static Instant time(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "duration: " + duration + " (expected: less than 292 years)", e);
    }
  }
}

package dev.credence.transport;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Waiting times between attempts: each at most twice the one before, up to a maximum, and drawn at
/// random from the upper half, so that many clients of one server don't come back together. Not
/// thread-safe.
public final class Backoff {
  private final Duration first;
  private final Duration most;
  private final RandomGenerator random;
  private Duration ceiling;

  /// @param first ceiling of the first wait
  /// @param most ceiling of every wait
  public Backoff(Duration first, Duration most, RandomGenerator random) {
    if (first.isNegative() || first.isZero() || first.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "backoff from " + first + " to " + most + " (expected: positive, rising)");
    }
    this.first = first;
    this.most = most;
    this.random = random;
    this.ceiling = first;
  }

  /// How long to wait before the next attempt.
  public Duration next() {
    long nanos = ceiling.toNanos();
    Duration wait = Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
    Duration doubled = ceiling.multipliedBy(2);
    ceiling = doubled.compareTo(most) > 0 ? most : doubled;
    return wait;
  }

  /// After a success: the next wait is a short one again.
  public void reset() {
    ceiling = first;
  }
}

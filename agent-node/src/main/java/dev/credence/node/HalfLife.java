package dev.credence.node;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// When to renew: about the middle of a life, spread so that what was issued together is not
/// renewed together. Stateless.
final class HalfLife {
  private static final double EARLIEST = 0.40;
  private static final double LATEST = 0.50;

  private HalfLife() {}

  /// From 40 to 50 % of what is left.
  static Duration of(Duration left, RandomGenerator random) {
    double share = EARLIEST + (LATEST - EARLIEST) * random.nextDouble();
    return Duration.ofMillis((long) (left.toMillis() * share));
  }
}

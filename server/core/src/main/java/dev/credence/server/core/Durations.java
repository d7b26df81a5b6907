package dev.credence.server.core;

import java.time.Duration;

/// Durations as people write them. Stateless.
final class Durations {
  private Durations() {}

  /// True if it is of whole seconds.
  static boolean isWhole(Duration duration) {
    return duration.equals(Duration.ofSeconds(duration.toSeconds()));
  }

  /// "90s", "10m", "24h"; the largest unit that gives a whole number.
  static String text(Duration duration) {
    long seconds = duration.toSeconds();
    if (!isWhole(duration)) {
      return duration.toString();
    }
    if (seconds != 0 && seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}

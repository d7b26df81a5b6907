package dev.credence.node;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Keeps what callers can bring about, as often as they like, from filling the node's log: each
/// matter is said at once, then at most once in ten seconds, with how often it was not. Bounded.
/// Thread-safe.
final class CallerLog {
  static final int CAPACITY = 1000;
  static final Duration WINDOW = Duration.ofSeconds(10);
  private static final String OTHERS = "(others)";

  private final Clock clock;
  private final Map<String, Turn> turns = new HashMap<>();

  private record Turn(Instant said, long leftOut) {}

  CallerLog(Clock clock) {
    this.clock = clock;
  }

  /// Empty: not to be said now. Otherwise how often it was left out since it was said last.
  synchronized OptionalLong turn(String matter) {
    Instant now = clock.instant();
    String key = key(matter, now);
    Turn before = turns.get(key);
    if (before != null && isOpen(before, now)) {
      turns.put(key, new Turn(before.said, before.leftOut + 1));
      return OptionalLong.empty();
    }
    turns.put(key, new Turn(now, 0));
    return OptionalLong.of(before == null ? 0 : before.leftOut);
  }

  private String key(String matter, Instant now) {
    if (turns.size() >= CAPACITY && !turns.containsKey(matter)) {
      turns.values().removeIf(turn -> !isOpen(turn, now));
    }
    return turns.containsKey(matter) || turns.size() < CAPACITY ? matter : OTHERS;
  }

  /// A clock that was set back begins a new window.
  private static boolean isOpen(Turn turn, Instant now) {
    return !now.isBefore(turn.said) && now.isBefore(turn.said.plus(WINDOW));
  }
}

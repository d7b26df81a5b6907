package dev.credence.e2e.kills;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// How many were killed, and where. Thread-safe.
final class Tally {
  private final Map<String, Integer> counts = new TreeMap<>();
  private final AtomicInteger left;

  /// @param kills how many there are to be
  Tally(int kills) {
    this.left = new AtomicInteger(kills);
  }

  /// False: enough.
  boolean more() {
    return left.get() > 0;
  }

  /// Enough, since something is wrong.
  void abandon() {
    left.set(0);
  }

  void killed(String where) {
    left.decrementAndGet();
    synchronized (counts) {
      counts.merge(where, 1, Integer::sum);
    }
  }

  Map<String, Integer> counts() {
    synchronized (counts) {
      return new TreeMap<>(counts);
    }
  }

  int total() {
    return counts().values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public String toString() {
    return counts().entrySet().stream()
        .map(entry -> "  %4d  %s".formatted(entry.getValue(), entry.getKey()))
        .collect(Collectors.joining("\n"));
  }
}

package dev.credence.transport;

import java.util.HashMap;
import java.util.Map;

/// Counts what is open, in total and per key. Thread-safe.
final class ConnectionCounts<K> {
  private final int mostInTotal;
  private final int mostPerKey;
  private final Map<K, Integer> open = new HashMap<>();
  private int total;

  ConnectionCounts(int mostInTotal, int mostPerKey) {
    this.mostInTotal = mostInTotal;
    this.mostPerKey = mostPerKey;
  }

  /// True if one more was counted; the caller then calls {@link #leave} once.
  synchronized boolean enter(K key) {
    int now = open.getOrDefault(key, 0);
    if (total >= mostInTotal || now >= mostPerKey) {
      return false;
    }
    total++;
    open.put(key, now + 1);
    return true;
  }

  /// As [#enter], if the key has its [Share], too.
  synchronized boolean enterShare(K key) {
    return Share.hasRoom(open.getOrDefault(key, 0), total, mostInTotal) && enter(key);
  }

  /// True if the key's own limit is reached.
  synchronized boolean isFull(K key) {
    return open.getOrDefault(key, 0) >= mostPerKey;
  }

  /// How many there is room for in all.
  synchronized int free() {
    return mostInTotal - total;
  }

  /// True if not even a new key has room.
  synchronized boolean isFull() {
    return total >= mostInTotal;
  }

  synchronized void leave(K key) {
    total--;
    open.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }
}

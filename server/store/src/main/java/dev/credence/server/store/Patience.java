package dev.credence.server.store;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends the wait of calls that the writer does not answer in time. One thread looks now and then
/// after all of them: a timer for each call of a virtual thread would cost more than the write's
/// own way to the writer and back. Thread-safe.
final class Patience {
  private static final int LOOKS = 16;

  private final Duration patience;
  private final CountDownLatch ended;
  private final Set<PendingWrite<?, ?>> waiting = ConcurrentHashMap.newKeySet();

  /// @param patience how long a call waits, and up to a sixteenth more
  /// @param ended nobody waits any more
  Patience(Duration patience, CountDownLatch ended) {
    this.patience = patience;
    this.ended = ended;
  }

  /// Looks until the end.
  void start() {
    Thread.ofPlatform().name("store-patience").daemon().start(this::look);
  }

  /// Waits for the answer of a write that is queued.
  <T, E extends Exception> T await(PendingWrite<T, E> write) throws E {
    waiting.add(write);
    try {
      return write.await();
    } finally {
      waiting.remove(write);
    }
  }

  private void look() {
    long pause = Math.max(1, patience.toMillis() / LOOKS);
    try {
      while (!ended.await(pause, TimeUnit.MILLISECONDS)) {
        waiting.forEach(this::end);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(PendingWrite<?, ?> write) {
    if (write.age() >= patience.toNanos()) {
      write.giveUp(patience);
    }
  }
}

package dev.credence.server.core.testing;

import dev.credence.server.core.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Runs its tasks when the test says so. Thread-safe.
public final class ManualTicker implements Ticker {
  private final List<Runnable> tasks = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  @Override
  public void every(Duration period, Runnable task) {
    tasks.add(task);
  }

  /// Runs every task once.
  public void tick() {
    if (!closed) {
      tasks.forEach(Runnable::run);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}

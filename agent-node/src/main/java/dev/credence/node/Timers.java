package dev.credence.node;

import java.time.Duration;

/// Runs things later. Every interval of the node goes through here, so that a test can command
/// time. Implementations are thread-safe.
public interface Timers {
  /// Runs the task once, not before the delay is over, time in suspend included. The task must be
  /// short: whatever waits or computes is handed to another thread.
  Timer after(Duration delay, Runnable task);

  /// A task that may not have run yet.
  @FunctionalInterface
  interface Timer {
    /// Does nothing once the task runs. Idempotent.
    void cancel();
  }
}

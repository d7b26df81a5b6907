package dev.credence.node;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one task as often as it was signalled, never twice at once, coalescing signals that come
/// while it runs into one more run. What the task touches needs no lock: each run happens after the
/// one before. Thread-safe.
final class Pump {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  private final Executor executor;
  private final Runnable task;
  private final AtomicInteger signals = new AtomicInteger();

  Pump(Executor executor, Runnable task) {
    this.executor = executor;
    this.task = task;
  }

  /// A run of the task begins after this call, unless the executor refuses.
  void signal() {
    if (signals.getAndIncrement() == 0) {
      try {
        executor.execute(this::drain);
      } catch (RuntimeException | Error e) {
        // No thread is left, perhaps: the next signal tries again.
        signals.set(0);
        throw e;
      }
    }
  }

  /// As {@link #signal}, on the calling thread if no run is under way. For threads that may block.
  void signalHere() {
    if (signals.getAndIncrement() == 0) {
      drain();
    }
  }

  private void drain() {
    int seen = signals.get();
    do {
      runOnce();
      seen = signals.addAndGet(-seen);
    } while (seen != 0);
  }

  private void runOnce() {
    try {
      task.run();
    } catch (Throwable e) {
      // The outer edge: a run that failed, even for want of memory, must not block the ones after
      // it.
      Edge.report(LOG, "a step of the node failed", e);
    }
  }
}

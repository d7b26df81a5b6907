package dev.credence.server.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a task after each wake, never twice at once: wakes during a run lead to one more run.
/// Thread-safe.
final class SerialLoop {
  private static final Logger log = LoggerFactory.getLogger(SerialLoop.class);

  private final Executor executor;
  private final Runnable task;
  private final AtomicInteger wanted = new AtomicInteger();

  /// @param task must not throw
  SerialLoop(Executor executor, Runnable task) {
    this.executor = executor;
    this.task = task;
  }

  /// Cheap; any thread, any number of times. After the executor was shut down it does nothing: the
  /// transport has closed the stream, and nobody is left to be told.
  void wake() {
    if (wanted.getAndIncrement() == 0) {
      try {
        executor.execute(this::run);
      } catch (RejectedExecutionException e) {
        log.atDebug().log("a stream was woken after the server stopped");
      }
    }
  }

  private void run() {
    int seen;
    do {
      seen = wanted.get();
      task.run();
    } while (wanted.addAndGet(-seen) != 0);
  }
}

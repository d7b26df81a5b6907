package dev.credence.server.core;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/// Runs things again and again. Closing it stops all of them. What a task throws is logged, an
/// Error too, and it runs again: a server whose leases or clock nobody looks at any more is worse
/// than one that tries. (The JVM ends by itself when memory runs out.)
public interface Ticker extends AutoCloseable {
  /// Runs `task` after each `period`. Runs never overlap.
  void every(Duration period, Runnable task);

  @Override
  void close();

  private static void guarded(String name, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) { // an executor would never run it again, without a word
      LoggerFactory.getLogger(Ticker.class)
          .atError()
          .setCause(e)
          .addKeyValue("ticker", name)
          .log("failed; runs again");
    }
  }

  /// One daemon thread for all tasks, which must therefore be short.
  static Ticker onDaemonThread(String name) {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name(name).daemon().unstarted(task));
    return new Ticker() {
      @Override
      public void every(Duration period, Runnable task) {
        var _ =
            executor.scheduleWithFixedDelay(
                () -> guarded(name, task),
                period.toNanos(),
                period.toNanos(),
                TimeUnit.NANOSECONDS);
      }

      @Override
      public void close() {
        executor.shutdownNow();
      }
    };
  }
}

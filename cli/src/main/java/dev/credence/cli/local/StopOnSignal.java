package dev.credence.cli.local;

import java.util.concurrent.CountDownLatch;

/// While it is open, SIGINT and SIGTERM run a task and then end the process with a code of our own;
/// without it the exit code would say which signal came.
public final class StopOnSignal implements AutoCloseable {

  private final Thread hook;

  /// `stop` is run once, on a thread of its own.
  public StopOnSignal(Runnable stop, int exitCode) {
    hook =
        Thread.ofPlatform()
            .name("stop")
            .unstarted(() -> {
              stop.run();
              Runtime.getRuntime().halt(exitCode);
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// Goes back to normal. Does not return if a signal has come: what the caller would say then
  /// (that its children have ended) is no news.
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      parkForEver();
    }
  }

  private static void parkForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

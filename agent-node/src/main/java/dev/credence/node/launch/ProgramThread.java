package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.SpawnedProcess;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The thread whose view of the file system becomes a program's, which starts it, and which lives
/// until it is let go: the kernel ends the program with it. For one owner, a platform thread.
///
/// A thread that it starts would share its view, its folder and its umask, and whatever wakes a
/// virtual thread may start one that serves other callers from then on. So it does nothing but
/// system calls, and nobody but its owner, a platform thread, waits for it.
final class ProgramThread implements AutoCloseable {
  static final String NAME = "launch-view";

  private final CountDownLatch over = new CountDownLatch(1);
  private final FutureTask<Spawned> task;
  private final Thread thread;

  /// @param work enters the view and starts the program
  ProgramThread(Callable<Spawned> work) {
    this.task = new FutureTask<>(work);
    this.thread = Thread.ofPlatform().name(NAME).daemon().unstarted(this::stay);
  }

  /// A program that was started and has not been looked at.
  ///
  /// @param view inode of its mount namespace
  /// @param executable what it is to execute
  record Spawned(SpawnedProcess process, long view, FileStat executable) {}

  private void stay() {
    task.run();
    boolean waits = true;
    while (waits) {
      try {
        over.await();
        waits = false;
      } catch (InterruptedException e) {
        // Nobody has a reason to; the program would end.
      }
    }
  }

  /// Starts the program; once.
  ///
  /// @throws LaunchRefusedException as the work does
  /// @throws IOException as the work does
  Spawned spawn() throws IOException, LaunchRefusedException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread would be woken within the program's view");
    }
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException failure(ExecutionException e) throws LaunchRefusedException {
    if (e.getCause() instanceof LaunchRefusedException refused) {
      throw refused;
    }
    if (e.getCause() instanceof IOException failed) {
      return failed;
    }
    throw new IllegalStateException("a program could not be started", e.getCause());
  }

  /// Ends the thread, and with it the program, if that has not ended. Idempotent.
  @Override
  public void close() {
    over.countDown();
  }
}

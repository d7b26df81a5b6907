package dev.credence.server.store;

import dev.credence.server.core.port.StoreException;
import java.time.Duration;
import java.util.function.Consumer;

/// How the store works. Start from [#defaults] and change what differs.
///
/// @param readers connections that read, 1 to 16
/// @param batch most writes that share one commit, 1 to 1000
/// @param queue most writes that wait for the writer, 1 to 100,000; further callers wait for a
///   place
/// @param patience how long a call waits before it fails, and a lock of another process is waited
///   for; at least 1 ms
/// @param listener told of each commit
/// @param fatal called once, on the writer's thread and after every call was answered, when the
///   outcome of a commit is unknown or the disk failed. The store refuses everything from then on:
///   the process is to exit and start again
public record StoreSettings(
    int readers,
    int batch,
    int queue,
    Duration patience,
    CommitListener listener,
    Consumer<StoreException> fatal) {
  public StoreSettings {
    requireBetween("readers", readers, 1, 16);
    requireBetween("batch", batch, 1, 1000);
    requireBetween("queue", queue, 1, 100_000);
    if (patience.toMillis() < 1 || patience.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("patience: " + patience + " (expected: 1 ms to 1 h)");
    }
  }

  /// 3 readers, 64 writes per commit, 4096 waiting, 30 s of patience, no listener.
  public static StoreSettings defaults(Consumer<StoreException> fatal) {
    return new StoreSettings(3, 64, 4096, Duration.ofSeconds(30), CommitListener.none(), fatal);
  }

  /// The same with this listener.
  public StoreSettings with(CommitListener listener) {
    return new StoreSettings(readers, batch, queue, patience, listener, fatal);
  }

  private static void requireBetween(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}

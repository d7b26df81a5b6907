package dev.credence.attestors.linux;

import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Reads what a process can make its reader wait for: its memory, and what is mapped there. So this
/// has threads of its own, a bounded number in total and for each user, and a caller's patience
/// ends. Thread-safe.
final class PatientReading {
  private final HashLimits limits;
  private final HashPlaces places;

  PatientReading(HashLimits limits) {
    this.limits = limits;
    this.places = new HashPlaces(limits);
  }

  /// What is read.
  ///
  /// @param <T> the result
  @FunctionalInterface
  interface Reading<T> {
    T read() throws IOException, UnattestableException;
  }

  /// @param uid whose process it is
  /// @param dispose for a result that comes when nobody waits for it any more
  /// @throws UnattestableException if it takes too long now, or as the reading says
  <T> T of(int uid, Reading<T> reading, Consumer<T> dispose)
      throws IOException, UnattestableException {
    long deadline = System.nanoTime() + limits.patience().toNanos();
    var result = new CompletableFuture<T>();
    HashPlaces.Place place = place(uid);
    start(place, reading, result, dispose);
    try {
      return await(result, deadline);
    } finally {
      place.overdue();
    }
  }

  private HashPlaces.Place place(int uid) throws UnattestableException {
    try {
      return places.take(uid, limits.patience());
    } catch (HashRefusedException e) {
      throw UnattestableException.notNow("the process was not read: " + e.getMessage(), e);
    }
  }

  /// The worker gives the place back itself, however late.
  private static <T> void start(
      HashPlaces.Place place, Reading<T> reading, CompletableFuture<T> result, Consumer<T> dispose)
      throws UnattestableException {
    try {
      Thread.ofPlatform()
          .name("read-process")
          .daemon()
          .start(() -> work(place, reading, result, dispose));
    } catch (OutOfMemoryError e) {
      // The machine has no thread left.
      place.close();
      throw UnattestableException.notNow("no thread is left to read the process", e);
    }
  }

  private static <T> void work(
      HashPlaces.Place place,
      Reading<T> reading,
      CompletableFuture<T> result,
      Consumer<T> dispose) {
    try (place) {
      T read = reading.read();
      if (!result.complete(read)) {
        dispose.accept(read);
      }
    } catch (IOException | UnattestableException | RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  private static <T> T await(CompletableFuture<T> result, long deadline)
      throws IOException, UnattestableException {
    try {
      return result.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return late(result, "reading the process took too long", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return late(result, "interrupted while the process was read", e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  /// Either it is here after all, or the worker will find that nobody wants it.
  private static <T> T late(CompletableFuture<T> result, String why, Exception cause)
      throws UnattestableException {
    result.cancel(false);
    if (result.isCancelled() || result.isCompletedExceptionally()) {
      throw UnattestableException.notNow(why, cause);
    }
    return result.join();
  }

  private static IOException failure(ExecutionException e) throws UnattestableException {
    return switch (e.getCause()) {
      case UnattestableException refusal -> throw refusal;
      case IOException failed -> failed;
      case RuntimeException failed -> throw failed;
      case null, default -> throw new IllegalStateException("reading a process", e);
    };
  }
}

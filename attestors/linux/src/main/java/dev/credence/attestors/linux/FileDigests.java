package dev.credence.attestors.linux;

import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.FileVersion;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Digests of executables, made by few workers and remembered where that is safe. Thread-safe.
///
/// Remembered by (device, inode, modification, change, size), except when that does not prove the
/// content: the file changed within the last 2 s (its next change could get the same time), the
/// process's user may write to it, or its file system is not the kernel's own.
///
/// A hostile file system can make a reader wait for ever. So reading has threads of its own, a
/// bounded number in total and for each user, and a caller's patience ends.
final class FileDigests {
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final FileHasher hasher;
  private final HashLimits limits;
  private final HashPlaces places;
  private final Clock clock;
  private final Map<FileVersion, Fingerprint> remembered;

  FileDigests(FileHasher hasher, HashLimits limits, Clock clock) {
    this.hasher = hasher;
    this.limits = limits;
    this.places = new HashPlaces(limits);
    this.clock = clock;
    this.remembered =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<FileVersion, Fingerprint> eldest) {
            return size() > limits.remembered();
          }
        };
  }

  /// @param file held by the caller
  /// @param uid whose process runs it
  /// @param local its file system is the kernel's own
  Fingerprint of(ExecutableFile file, int uid, boolean local) throws HashRefusedException {
    try {
      FileStat stat = file.stat();
      if (!stat.isRegular()) {
        throw new HashRefusedException("the executable is not a regular file");
      }
      if (stat.version().size() > limits.largest()) {
        throw hasher.tooLarge(stat.version().size());
      }
      boolean mayRemember = local && !stat.writableBy(uid);
      Optional<Fingerprint> known = mayRemember ? recall(stat.version()) : Optional.empty();
      return known.isPresent() ? known.get() : read(file, stat, uid, mayRemember);
    } catch (IOException e) {
      throw refusal(e);
    }
  }

  private static HashRefusedException refusal(Throwable e) {
    if (e instanceof HashRefusedException known && known.isTransient()) {
      return known;
    }
    String why = String.valueOf(e.getMessage());
    return e instanceof IOException io && UnattestableException.unreadable(0, io).isTransient()
        ? HashRefusedException.notNow(why, e)
        : new HashRefusedException(why, e);
  }

  private Fingerprint read(ExecutableFile file, FileStat stat, int uid, boolean mayRemember)
      throws HashRefusedException, IOException {
    long deadline = System.nanoTime() + limits.patience().toNanos();
    HashPlaces.Place place = places.take(uid, limits.patience());
    // While this waited for its place, another one may have read the same file.
    Optional<Fingerprint> known = mayRemember ? recall(stat.version()) : Optional.empty();
    if (known.isPresent()) {
      place.close();
      return known.get();
    }
    Fingerprint fingerprint;
    Reading reading = start(file, stat, place);
    try {
      fingerprint = await(reading, deadline);
    } finally {
      place.overdue();
    }
    if (mayRemember && isSettled(stat.version())) {
      remember(stat.version(), fingerprint);
    }
    return fingerprint;
  }

  private record Reading(CompletableFuture<Fingerprint> result, AtomicBoolean cancelled) {}

  /// The worker has its own handle on the file and gives the place back itself, however late.
  private Reading start(ExecutableFile file, FileStat stat, HashPlaces.Place place)
      throws IOException, HashRefusedException {
    var reading = new Reading(new CompletableFuture<>(), new AtomicBoolean());
    ExecutableFile own;
    try {
      own = file.duplicate();
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
    try {
      Thread.ofPlatform()
          .name("hash-executable")
          .daemon()
          .start(() -> work(own, stat, place, reading));
      return reading;
    } catch (OutOfMemoryError e) {
      // The machine has no thread left.
      own.close();
      place.close();
      throw HashRefusedException.notNow("no thread is left to read the file", e);
    }
  }

  private void work(ExecutableFile file, FileStat stat, HashPlaces.Place place, Reading reading) {
    try (place;
        file) {
      reading.result().complete(hasher.hash(file, stat, reading.cancelled()::get));
    } catch (IOException | HashRefusedException | RuntimeException e) {
      reading.result().completeExceptionally(e);
    }
  }

  private static Fingerprint await(Reading reading, long deadline) throws HashRefusedException {
    try {
      return reading.result().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      reading.cancelled().set(true);
      throw HashRefusedException.notNow("reading the file took too long", e);
    } catch (InterruptedException e) {
      reading.cancelled().set(true);
      Thread.currentThread().interrupt();
      throw HashRefusedException.notNow("interrupted while the file was read", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw refusal(cause == null ? e : cause);
    }
  }

  private boolean isSettled(FileVersion version) {
    long newest = Math.max(version.modifiedNanos(), version.changedNanos());
    return clock.millis() - newest / 1_000_000 > SETTLED.toMillis();
  }

  private Optional<Fingerprint> recall(FileVersion version) {
    synchronized (remembered) {
      return Optional.ofNullable(remembered.get(version));
    }
  }

  private void remember(FileVersion version, Fingerprint fingerprint) {
    synchronized (remembered) {
      remembered.put(version, fingerprint);
    }
  }

  /// How many digests are remembered.
  int size() {
    synchronized (remembered) {
      return remembered.size();
    }
  }
}

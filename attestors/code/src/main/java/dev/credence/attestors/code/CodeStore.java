package dev.credence.attestors.code;

import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The node's own copies of agents' code, by digest. Thread-safe. Start at [#admit].
///
/// What is measured is the copy, never the original: each byte that is digested is the one that was
/// written. So no change of the original, before, while or after it is read, can make a copy that
/// is not what its digest says.
///
/// The original is read with the rights of who asks, in a thread of its own
/// ([dev.credence.platform.linux.ReadAs]). Copies are readable by everybody who reaches them and
/// writable by nobody; the store's folder is the node's alone, so an agent reaches only the copy
/// that the node shows it.
public final class CodeStore implements AutoCloseable {
  private final CodeReading reading;
  private final MountTable mounts;
  private final StoreWork work;
  private final ReadingPlaces places;

  private CodeStore(CodeReading reading, MountTable mounts, StoreWork work, ReadingPlaces places) {
    this.reading = reading;
    this.mounts = mounts;
    this.work = work;
    this.places = places;
  }

  /// Opens the store, and removes what was left half done and what is too old or too much.
  ///
  /// @param folder made if it is not there; used by one process at a time
  /// @param sha256 computes the digests; the fastest there is
  /// @param clock wall clock, the one that file times are compared with
  /// @throws IOException if the folder cannot be used, or is open to others
  public static CodeStore open(
      Path folder, Provider sha256, Clock clock, CodeLimits limits, StoreLimits keep)
      throws IOException {
    MountTable mounts = MountTable.own();
    try {
      var memory = new DigestMemory(keep.remembered(), clock);
      var reading = CodeReading.local(sha256, limits, memory, mounts);
      var own = CodeReading.ofCopies(sha256, limits, memory, mounts);
      StoreFolder disk = StoreFolder.open(folder);
      var shelf = new Shelf(keep, clock);
      disk.recover().forEach(found -> shelf.found(found.copy(), found.lastUsedMillis()));
      var work = new StoreWork(disk, shelf, reading, own, FileCredentials.own().uid());
      work.collect();
      return new CodeStore(reading, mounts, work, new ReadingPlaces(keep));
    } catch (IOException | RuntimeException e) {
      mounts.close();
      throw e;
    }
  }

  /// Measures code, and keeps a copy of exactly what was measured. Waits; for at most the limits'
  /// patience.
  ///
  /// @param reader who asks, with whose rights it is read
  /// @return the copy, held until it is closed
  /// @throws CodeRefusedException if it is not what a tree of code may be, exceeds a limit, may not
  ///   be read by who asks, or there is no room
  public StoredCode admit(CodeRequest request, FileCredentials reader) throws CodeRefusedException {
    long deadline = System.nanoTime() + reading.limits().patience().toNanos();
    ReadingPlaces.Place place = places.take(reader.uid(), deadline);
    var answer = new CompletableFuture<StoredCode>();
    try {
      Thread.ofPlatform()
          .name("read-code")
          .daemon()
          .start(() -> read(request, reader, place, answer));
    } catch (OutOfMemoryError e) {
      place.close();
      throw CodeRefusedException.notNow("no thread is left to read the code", e);
    }
    return await(request, answer, deadline);
  }

  private record Asker(CompletableFuture<StoredCode> answer, ReadingPlaces.Place place)
      implements CodeReading.Waiter {
    @Override
    public boolean isOver() {
      return answer.isDone();
    }

    @Override
    public CodeReading.Turn turn() throws CodeRefusedException {
      return place.turn();
    }
  }

  /// The place is given back by who works, however late: a file system can hold it up.
  private void read(
      CodeRequest request,
      FileCredentials reader,
      ReadingPlaces.Place place,
      CompletableFuture<StoredCode> answer) {
    try (place) {
      StoredCode stored = work.admit(request, reader, new Asker(answer, place));
      if (!answer.complete(stored)) {
        stored.close();
      }
    } catch (CodeRefusedException | IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private StoredCode await(CodeRequest request, CompletableFuture<StoredCode> answer, long deadline)
      throws CodeRefusedException {
    try {
      return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | InterruptedException e) {
      var late =
          CodeRefusedException.notNow(
              "measuring " + CodeReading.shown(request) + " took too long", e);
      if (!answer.completeExceptionally(late)) {
        var _ = answer.thenAccept(StoredCode::close);
      }
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw late;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof CodeRefusedException refused
          ? refused
          : CodeRefusedException.because(
              CodeReading.shown(request) + " cannot be measured: " + cause.getMessage(), cause);
    }
  }

  /// Removes what nobody has used for too long. To be called now and then; also done at each use.
  public void collect() {
    work.collect();
  }

  /// Content of all copies, in bytes.
  public long bytes() {
    return work.bytes();
  }

  /// What is read meanwhile goes on, and leaves nothing that the next start does not remove.
  @Override
  public void close() {
    mounts.close();
  }
}

package dev.credence.attestors.code;

import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.FileStat;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// A copy of code in the node's store, which stays there at least until this is closed.
/// Thread-safe.
public final class StoredCode implements AutoCloseable {
  private final Place place;
  private final MeasuredCode code;
  private final int owner;
  private final BooleanSupplier intact;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Where it is.
  ///
  /// @param stat of that folder
  record Place(Path path, FileStat stat) {}

  /// @param owner uid of the store's own user
  /// @param intact looks at the copy again
  StoredCode(Place place, MeasuredCode code, int owner, BooleanSupplier intact, Runnable release) {
    this.place = place;
    this.code = code;
    this.owner = owner;
    this.intact = intact;
    this.release = release;
  }

  /// Root folder of the copy. For a single file, the folder with that file in it, under its name.
  public Path path() {
    return place.path();
  }

  /// True if that is the copy's root folder, which was there when it was given out; and not another
  /// one that is under its path now.
  public boolean isFolder(FileStat seen) {
    return seen.sameFile(place.stat());
  }

  /// What the copy was measured to be.
  public MeasuredCode code() {
    return code;
  }

  /// Who vouches for the code of a process that runs from this copy: the launcher; or a file, where
  /// the process could change the copy, since it runs as the store's own user, or as root.
  ///
  /// @param uid of the process, unsigned
  public CodeAssurance assurance(int uid) {
    return uid == 0 || uid == owner ? CodeAssurance.FILE : CodeAssurance.LAUNCHER;
  }

  /// True if the copy still is what it was measured to be, for processes that could change it.
  /// Files that were not changed, by their times, are not read again. True also where there is no
  /// time or memory to find out, at most three times in a row.
  public boolean isIntact() {
    return intact.getAsBoolean();
  }

  /// Gives it back. Idempotent.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}

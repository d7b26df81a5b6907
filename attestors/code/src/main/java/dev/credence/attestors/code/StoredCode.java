package dev.credence.attestors.code;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// A copy of code in the node's store, which stays there at least until this is closed.
/// Thread-safe.
public final class StoredCode implements AutoCloseable {
  private final Path path;
  private final MeasuredCode code;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  StoredCode(Path path, MeasuredCode code, Runnable release) {
    this.path = path;
    this.code = code;
    this.release = release;
  }

  /// Root folder of the copy. For a single file, the folder with that file in it, under its name.
  public Path path() {
    return path;
  }

  /// What the copy was measured to be.
  public MeasuredCode code() {
    return code;
  }

  /// Gives it back. Idempotent.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}

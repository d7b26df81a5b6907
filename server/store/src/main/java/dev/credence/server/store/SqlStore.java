package dev.credence.server.store;

import dev.credence.server.core.port.Store;
import java.util.concurrent.atomic.AtomicBoolean;

/// The server's database in SQL: one writer that commits in groups, a few readers. What differs
/// between databases is in [Dialect], in how their connections are opened, and in nothing else.
/// Thread-safe. Work and after-commit actions run on the writer's thread, one after the other, and
/// must not call the store.
public abstract sealed class SqlStore implements Store permits SqliteStore, PostgresqlStore {
  private final GroupCommit commits;
  private final Readers readers;
  private final AtomicBoolean closed = new AtomicBoolean();

  SqlStore(GroupCommit commits, Readers readers) {
    this.commits = commits;
    this.readers = readers;
  }

  @Override
  public final <T, E extends Exception> T write(Work<T, E> work) throws E {
    return commits.write(work);
  }

  @Override
  public final <T, E extends Exception> T read(Query<T, E> query) throws E {
    commits.refuseHere();
    commits.requireOpen();
    return readers.read(query);
  }

  /// Writes that wait for the writer now: for metrics.
  public final int queuedWrites() {
    return commits.queued();
  }

  /// Finishes what is queued or being read, then closes. The writer is the last, since the last
  /// connection of SQLite moves the log into the file.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      commits.refuseFurther();
      readers.close();
      commits.close();
    }
  }
}

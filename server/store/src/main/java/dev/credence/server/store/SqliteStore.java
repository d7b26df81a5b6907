package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.port.Store;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// The server's database in one SQLite file: write-ahead log, durable commits, one writer that
/// commits in groups, a few readers. Thread-safe. Work and after-commit actions run on the writer's
/// thread, one after the other, and must not call the store.
///
/// The writer and the readers see each other through SQLite alone, so a second process on the same
/// file does no harm to what is stored; keeping it away is the data folder's task.
public final class SqliteStore implements Store {
  private final GroupCommit commits;
  private final Readers readers;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SqliteStore(GroupCommit commits, Readers readers) {
    this.commits = commits;
    this.readers = readers;
  }

  /// Opens the file, or creates it (mode 0600), and brings it to the newest version.
  ///
  /// @throws UnusableDatabaseException it is of a newer version, of another program, altered, or
  ///   cannot be opened
  public static SqliteStore open(Path file, StoreSettings settings)
      throws UnusableDatabaseException {
    return open(file, settings, Migrations.SCRIPTS);
  }

  static SqliteStore open(Path path, StoreSettings settings, List<String> scripts)
      throws UnusableDatabaseException {
    // Half: a call whose write waits for another process then learns in time that it did not
    // happen.
    SqliteFile file = new SqliteFile(path, settings.patience().dividedBy(2));
    file.prepare();
    try {
      inspect(file, scripts);
      file.restrict();
      bringUpToDate(file, scripts);
    } catch (SQLException e) {
      String problem =
          SqliteError.isNotADatabase(e) ? "not a database" : "cannot be opened: " + e.getMessage();
      throw new UnusableDatabaseException(path, problem, e);
    }
    return new SqliteStore(
        GroupCommit.start(settings, new SqliteWriter(file)),
        new Readers(settings, () -> SqlSession.on(new SqlConnection(file.openReader()))));
  }

  private static void inspect(SqliteFile file, List<String> scripts)
      throws SQLException, UnusableDatabaseException {
    try (Connection connection = file.open()) {
      new Migrations(file.path(), connection, scripts).check();
    }
  }

  private static void bringUpToDate(SqliteFile file, List<String> scripts)
      throws SQLException, UnusableDatabaseException {
    try (Connection connection = file.openWriter()) {
      new Migrations(file.path(), connection, scripts).apply();
      SqlConnection writer = new SqlConnection(connection);
      writer.execute("BEGIN IMMEDIATE");
      writer.claim();
      new SqlMeta(writer).begin(Id.random(new SecureRandom()));
      writer.execute("COMMIT");
    }
  }

  @Override
  public <T, E extends Exception> T write(Work<T, E> work) throws E {
    return commits.write(work);
  }

  @Override
  public <T, E extends Exception> T read(Query<T, E> query) throws E {
    commits.refuseHere();
    commits.requireOpen();
    return readers.read(query);
  }

  /// Writes that wait for the writer now: for metrics.
  public int queuedWrites() {
    return commits.queued();
  }

  /// Finishes what is queued or being read, then closes. The writer is the last, since the last
  /// connection moves the log into the file.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      commits.refuseFurther();
      readers.close();
      commits.close();
    }
  }
}

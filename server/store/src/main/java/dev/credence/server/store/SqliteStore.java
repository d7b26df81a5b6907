package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.port.StoreCopy;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The server's database in one SQLite file: write-ahead log, durable commits, one writer that
/// commits in groups, a few readers.
///
/// The writer and the readers see each other through SQLite alone, so a second process on the same
/// file does no harm to what is stored; keeping it away is the data folder's task.
public final class SqliteStore extends SqlStore {
  private final SqliteFile file;

  private SqliteStore(SqliteFile file, GroupCommit commits, Readers readers) {
    super(commits, readers);
    this.file = file;
  }

  /// One at a time would do; several do no harm, and each takes the database's size on the disk.
  @Override
  public Optional<StoreCopy> copy() {
    return Optional.of(SqliteCopy.of(file));
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
    // Another process may be at the same: its upgrade takes longer than a write.
    SqliteFile upgraded = new SqliteFile(path, settings.patience().multipliedBy(4));
    upgraded.prepare();
    try {
      inspect(upgraded, scripts);
      upgraded.restrict();
      bringUpToDate(upgraded, scripts);
      SqliteCopy.sweep(path);
    } catch (IOException e) {
      throw new UnusableDatabaseException(
          path, "an old copy beside it cannot be removed: " + e.getMessage(), e);
    } catch (SQLException e) {
      String problem =
          SqliteError.isNotADatabase(e) ? "not a database" : "cannot be opened: " + e.getMessage();
      throw new UnusableDatabaseException(path, problem, e);
    }
    return new SqliteStore(
        file,
        GroupCommit.start(settings, new SqliteWriter(file)),
        new Readers(settings, () -> SqlSession.on(new SqlConnection(file.openReader()))));
  }

  static void inspect(SqliteFile file, List<String> scripts)
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
}

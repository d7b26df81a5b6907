package dev.credence.server.store;

import dev.credence.certs.Id;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The server's database in one SQLite file: write-ahead log, durable commits, one writer that
/// commits in groups, a few readers.
///
/// The writer and the readers see each other through SQLite alone, so a second process on the same
/// file does no harm to what is stored; keeping it away is the data folder's task.
public final class SqliteStore extends SqlStore {
  private SqliteStore(GroupCommit commits, Readers readers) {
    super(commits, readers);
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
}

package dev.credence.server.store;

import dev.credence.server.core.port.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/// Puts a SQLite file from a backup into the place of a server's database, while no server uses
/// either. Everything is done to the new file first; then it takes the place of the old one in one
/// step, and the old one stays beside it under another name.
public final class RestoredFile {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path restored;
  private final Path database;

  /// @param restored what the backup holds, in the same folder as the database
  /// @param database the place; what is there is replaced
  public RestoredFile(Path restored, Path database) {
    this.restored = restored;
    this.database = database;
  }

  /// Whether the new file can be used at all. First of all, before the old one is touched.
  public void check() throws UnusableDatabaseException {
    bringUpToDate(restored);
  }

  /// Whether the database that is replaced can be read, so that its later decisions can be taken
  /// over.
  ///
  /// @return why not; empty: it can
  public Optional<String> unreadable() {
    if (!Files.isRegularFile(database, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of("there is none at " + database);
    }
    try {
      bringUpToDate(database);
      return Optional.empty();
    } catch (UnusableDatabaseException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Does what [Restoration] says to the new file.
  ///
  /// @param later true: with the decisions of the database that is replaced
  /// @throws UnusableDatabaseException one of them cannot be used; nothing has happened then
  public Restoration.Report prepare(Restoration restoration, boolean later)
      throws UnusableDatabaseException {
    bringUpToDate(restored);
    try (Connection to = file(restored).openWriter()) {
      Restoration.Report report = run(restoration, to, later);
      requireAnswer(to, "PRAGMA foreign_key_check", "");
      settle(to);
      return report;
    } catch (SQLException | StoreException e) {
      throw new UnusableDatabaseException(restored, "cannot be restored: " + e.getMessage(), e);
    }
  }

  private Restoration.Report run(Restoration restoration, Connection to, boolean later)
      throws SQLException {
    if (!later) {
      return restoration.run(to, Dialect.SQLITE, Optional.empty());
    }
    try (Connection from = file(database).openReader()) {
      return restoration.run(to, Dialect.SQLITE, Optional.of(from));
    }
  }

  /// Takes the place of the database. What was there is beside it under the name that is returned,
  /// if there was something. At every moment one of the two is in the place.
  public Optional<Path> swap(String suffix) throws IOException {
    Path kept = database.resolveSibling(database.getFileName() + "." + suffix);
    boolean there = Files.exists(database, LinkOption.NOFOLLOW_LINKS);
    if (there) {
      Files.createLink(kept, database);
      for (String log : new String[] {"-wal", "-shm"}) {
        Path beside = database.resolveSibling(database.getFileName() + log);
        if (Files.exists(beside, LinkOption.NOFOLLOW_LINKS)) {
          // Of a file that could not be read; of another one it would be the log of the new file.
          Files.move(beside, kept.resolveSibling(kept.getFileName() + log));
        }
      }
    }
    Files.move(restored, database, StandardCopyOption.ATOMIC_MOVE);
    file(database).syncFolder();
    return there ? Optional.of(kept) : Optional.empty();
  }

  private static SqliteFile file(Path path) {
    return new SqliteFile(path, PATIENCE);
  }

  private static void bringUpToDate(Path path) throws UnusableDatabaseException {
    SqliteFile file = file(path);
    file.prepare();
    try {
      SqliteStore.inspect(file, Migrations.SCRIPTS);
      try (Connection connection = file.openWriter()) {
        new Migrations(path, connection, Migrations.SCRIPTS).apply();
        requireAnswer(connection, "PRAGMA integrity_check", "ok");
        requireAnswer(connection, "SELECT count(*) FROM meta", "1");
        settle(connection);
      }
    } catch (SQLException e) {
      throw new UnusableDatabaseException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  /// Everything is in the file afterwards, nothing in a log beside it.
  private static void settle(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    requireAnswer(connection, "PRAGMA journal_mode = DELETE", "delete");
  }

  private static void requireAnswer(Connection connection, String query, String expected)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(query)) {
      String found = answer.next() ? answer.getString(1) : "";
      if (!expected.equals(found)) {
        throw new SQLException(query + ": " + found + " (expected: " + expected + ")");
      }
    }
  }
}

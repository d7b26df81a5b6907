package dev.credence.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/// The file, and how connections to it are opened. The file is readable by its owner alone; SQLite
/// gives the files beside it (`-wal`, `-shm`) the same mode.
record SqliteFile(Path path, Duration patience) {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(5);

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /// Creates the file if it is not there.
  void prepare() throws UnusableDatabaseException {
    if (path.toString().contains("?")) {
      throw new UnusableDatabaseException(
          path, "the path has a question mark (expected: none, the driver cuts it there)");
    }
    try {
      create();
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new UnusableDatabaseException(path, "not a regular file");
      }
    } catch (IOException e) {
      throw new UnusableDatabaseException(path, "cannot be created: " + e.getMessage(), e);
    }
  }

  private void create() throws IOException {
    try {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      return;
    }
    // So that the file's name is durable before anything in it is.
    syncFolder();
  }

  /// Makes names in the folder durable.
  void syncFolder() throws IOException {
    try (FileChannel folder =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /// Takes group's and others' rights away. Only once the file is known to be ours.
  void restrict() throws UnusableDatabaseException {
    try {
      Files.setPosixFilePermissions(path, OWNER_ONLY);
    } catch (IOException e) {
      throw new UnusableDatabaseException(path, "cannot be made private: " + e.getMessage(), e);
    }
  }

  /// A connection that changes nothing yet: to find out what the file is.
  Connection open() throws SQLException {
    return open(new SQLiteConfig());
  }

  private Connection open(SQLiteConfig config) throws SQLException {
    config.setBusyTimeout(Math.toIntExact(patience.toMillis()));
    // Or the driver would prepare and run a query for the new row's id after each insert: 8 % of
    // the writer's CPU.
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection("jdbc:sqlite:" + path.toAbsolutePath());
    try {
      takeOverTransactions(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /// The driver would begin, commit and test for transactions around every statement. With
  /// auto-commit off, and the transaction ended that switching it off began, it leaves them to us.
  private static void takeOverTransactions(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    }
  }

  /// A connection that writes durably: a commit has returned from fsync.
  Connection openWriter() throws SQLException {
    Connection connection = open();
    try {
      useLog(connection);
      set(connection, "PRAGMA synchronous = FULL");
      require(connection, "PRAGMA synchronous", "2");
      set(connection, "PRAGMA foreign_keys = ON");
      require(connection, "PRAGMA foreign_keys", "1");
      // We do it ourselves when nobody waits; this is for a log that grows too fast for that.
      require(connection, "PRAGMA wal_autocheckpoint = 16000", "16000");
      set(connection, "PRAGMA cache_size = -16384");
      set(connection, "PRAGMA trusted_schema = OFF");
      set(connection, "PRAGMA cell_size_check = ON");
      set(connection, "PRAGMA temp_store = MEMORY");
      require(connection, "PRAGMA journal_size_limit = 67108864", "67108864");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /// Several that open a new database at once get in each other's way here, and SQLite does not
  /// wait for them: it cannot know that nobody waits for it.
  private void useLog(Connection connection) throws SQLException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        require(connection, "PRAGMA journal_mode = WAL", "wal");
        return;
      } catch (SQLException e) {
        boolean busy = e.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code;
        if (!busy || System.nanoTime() - deadline >= 0) {
          throw e;
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      }
    }
  }

  /// A connection that cannot write.
  Connection openReader() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    Connection connection = open(config);
    try {
      set(connection, "PRAGMA cache_size = -4096");
      set(connection, "PRAGMA trusted_schema = OFF");
      set(connection, "PRAGMA temp_store = MEMORY");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static void set(Connection connection, String pragma) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(pragma);
    }
  }

  private static void require(Connection connection, String pragma, String expected)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(pragma)) {
      String found = answer.next() ? answer.getString(1) : "nothing";
      if (!expected.equals(found)) {
        throw new SQLException(pragma + ": " + found + " (expected: " + expected + ")");
      }
    }
  }
}

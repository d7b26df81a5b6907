package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.port.StoreCopy;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// A copy of the database in a file beside it, private to its owner. `VACUUM INTO` reads one state
/// and keeps no writer waiting; what was deleted from the database is not in the copy. Answers that
/// were remembered for repeated requests are taken out: nobody repeats a request to a backup.
final class SqliteCopy implements StoreCopy {
  private static final String SUFFIX = ".copy";

  private final Path file;
  private final Facts facts;

  private SqliteCopy(Path file, Facts facts) {
    this.file = file;
    this.facts = facts;
  }

  /// Removes what a process that was killed has left behind.
  static void sweep(Path database) throws IOException {
    Path folder = database.toAbsolutePath().getParent();
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(folder, database.getFileName() + ".*" + SUFFIX)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  static SqliteCopy of(SqliteFile database) {
    Path raw = beside(database.path());
    Path file = beside(database.path());
    boolean made = false;
    try {
      vacuum(database, raw);
      SqliteFile copy = new SqliteFile(raw, database.patience());
      forgetAnswers(copy);
      vacuum(copy, file);
      var result = new SqliteCopy(file, facts(new SqliteFile(file, database.patience())));
      made = true;
      return result;
    } catch (SQLException | IOException e) {
      throw new StoreException(
          Outcome.NOTHING_WRITTEN, "the database cannot be copied: " + e.getMessage(), e);
    } finally {
      remove(raw);
      if (!made) {
        remove(file);
      }
    }
  }

  private static Path beside(Path database) {
    return database
        .toAbsolutePath()
        .resolveSibling(database.getFileName() + "." + Id.random(new SecureRandom()) + SUFFIX);
  }

  private static void vacuum(SqliteFile from, Path to) throws SQLException, IOException {
    Files.createFile(
        to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (Connection connection = from.open();
        PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
      copy.setString(1, to.toString());
      copy.execute();
    }
  }

  private static void forgetAnswers(SqliteFile copy) throws SQLException {
    try (Connection connection = copy.open();
        PreparedStatement forget = connection.prepareStatement("DELETE FROM answer")) {
      forget.executeUpdate();
    }
  }

  private static Facts facts(SqliteFile copy) throws SQLException, IOException {
    try (Connection connection = copy.openReader()) {
      SqlConnection reader = new SqlConnection(connection);
      reader.claim();
      SqlMeta meta = new SqlMeta(reader);
      return new Facts(
          reader.sql("PRAGMA user_version").only(row -> (int) row.number()),
          meta.trustDomain().orElse(""),
          meta.epoch(),
          meta.registryNumber(),
          new SqlEvents(reader).last(),
          Files.size(copy.path()));
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be removed", e);
    }
  }

  @Override
  public Facts facts() {
    return facts;
  }

  @Override
  public InputStream open() throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public void close() {
    remove(file);
  }
}

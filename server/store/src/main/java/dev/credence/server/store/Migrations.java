package dev.credence.server.store;

import dev.credence.certs.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Brings a database to the newest version, script by script, each in one transaction that also
/// records the script's digest. Refuses before it changes anything: a file of another program, a
/// newer version, a script that was edited after it had been applied.
final class Migrations {
  /// "CRED": tells our files from others, also for file(1).
  static final int APPLICATION_ID = 0x43524544;

  /// All scripts, by number. Append only. How they read on PostgreSQL: [PostgresqlScript].
  static final List<String> SCRIPTS =
      List.of(
          "0001-spine.sql",
          "0002-jwt.sql",
          "0003-fewer-pages.sql",
          "0004-authorities.sql",
          "0005-life.sql",
          "0006-bars.sql",
          "0007-node-traces.sql",
          "0008-revoked.sql",
          "0009-ended.sql",
          "0010-copies.sql",
          "0011-servers.sql",
          "0012-sets.sql",
          "0013-clock.sql",
          "0014-node-selectors.sql",
          "0015-administrators.sql",
          "0016-node-certificates.sql",
          "0017-administrators-reach.sql",
          "0018-lifetime.sql",
          "0019-decided-keys.sql",
          "0020-ids-in-order.sql",
          "0021-demands.sql",
          "0022-unregistered.sql",
          "0023-live-subjects.sql");

  private static final String RECORD_TABLE =
      "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL) STRICT";

  private final Path file;
  private final Connection connection;
  private final List<String> scripts;

  Migrations(Path file, Connection connection, List<String> scripts) {
    this.file = file;
    this.connection = connection;
    this.scripts = scripts;
  }

  /// Looks only; in a transaction, so that what another process applies meanwhile is seen as a
  /// whole or not at all.
  void check() throws SQLException, UnusableDatabaseException {
    execute("BEGIN");
    try {
      requireKnown();
    } finally {
      execute("ROLLBACK");
    }
  }

  private void requireKnown() throws SQLException, UnusableDatabaseException {
    int version = pragma("user_version");
    int application = pragma("application_id");
    boolean empty =
        application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_master") == 0;
    if (!empty && application != APPLICATION_ID) {
      throw new UnusableDatabaseException(
          file, "of another program (application id " + application + ")");
    }
    if (version > scripts.size()) {
      throw new UnusableDatabaseException(
          file,
          "of version "
              + version
              + " (expected: at most "
              + scripts.size()
              + "; it needs a newer Credence)");
    }
    List<Sha256> applied = empty ? List.of() : applied();
    if (applied.size() != version) {
      throw new UnusableDatabaseException(
          file, applied.size() + " recorded migrations (expected: " + version + ", its version)");
    }
    for (int i = 0; i < version; i++) {
      if (!applied.get(i).equals(Sha256.of(bytes(scripts.get(i))))) {
        throw new UnusableDatabaseException(
            file,
            "migration "
                + scripts.get(i)
                + " is not the one that was applied (expected: the same text)");
      }
    }
  }

  /// Applies what is missing. Another process may do so at the same time: each looks again when it
  /// has the lock.
  void apply() throws SQLException, UnusableDatabaseException {
    boolean done = false;
    while (!done) {
      execute("BEGIN IMMEDIATE");
      try {
        requireKnown();
        done = applyNext(pragma("user_version"));
        execute("COMMIT");
      } catch (SQLException | UnusableDatabaseException | RuntimeException e) {
        rollback(e);
        throw e;
      }
    }
  }

  private boolean applyNext(int version) throws SQLException {
    if (version == scripts.size()) {
      return true;
    }
    if (version == 0) {
      execute("PRAGMA application_id = " + APPLICATION_ID);
      execute(RECORD_TABLE);
    }
    byte[] script = bytes(scripts.get(version));
    execute(new String(script, StandardCharsets.UTF_8));
    record(version + 1, scripts.get(version), Sha256.of(script));
    execute("PRAGMA user_version = " + (version + 1));
    return false;
  }

  private void record(int number, String name, Sha256 digest) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO migration (number, name, digest) VALUES (?, ?, ?)")) {
      insert.setInt(1, number);
      insert.setString(2, name);
      insert.setBytes(3, digest.bytes());
      insert.executeUpdate();
    }
  }

  private List<Sha256> applied() throws SQLException {
    List<Sha256> digests = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT digest FROM migration ORDER BY number")) {
      while (rows.next()) {
        digests.add(Sha256.fromBytes(rows.getBytes(1)));
      }
    }
    return digests;
  }

  private int pragma(String name) throws SQLException {
    return number("PRAGMA " + name);
  }

  private int number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private void rollback(Exception reason) {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  static byte[] bytes(String script) {
    try (InputStream in = Migrations.class.getResourceAsStream("sqlite/" + script)) {
      if (in == null) {
        throw new IllegalStateException("migration " + script + ": not in this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("migration " + script + ": cannot be read", e);
    }
  }
}

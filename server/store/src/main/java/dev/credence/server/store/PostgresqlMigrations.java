package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Brings a PostgreSQL database to the newest version, as [Migrations] does with a file: all that
/// is missing in one transaction, under the lock that writers hold, so that servers which start at
/// once do it once. Refuses what is another program's, newer, or was altered.
final class PostgresqlMigrations {
  private static final int OLDEST_SERVER = 140_000;

  private static final String RECORD_TABLE =
      "CREATE TABLE migration (number bigint PRIMARY KEY, name text NOT NULL, digest bytea NOT NULL)";

  private static final String TABLES =
      "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()";

  private static final String OURS =
      "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
          + " AND tablename IN ('migration', 'meta')";

  private final String database;
  private final Connection connection;
  private final List<String> scripts;

  PostgresqlMigrations(String database, Connection connection, List<String> scripts) {
    this.database = database;
    this.connection = connection;
    this.scripts = scripts;
  }

  /// Applies what is missing, and gives a new database its epoch.
  void apply(Id epoch) throws SQLException, UnusableDatabaseException {
    requireUsableServer();
    execute(Dialect.POSTGRESQL.beginWrite());
    boolean done = false;
    try {
      int version = version();
      if (version == 0) {
        execute(RECORD_TABLE);
      }
      for (int i = version; i < scripts.size(); i++) {
        String text = PostgresqlScript.text(scripts.get(i));
        execute(text);
        record(i + 1, scripts.get(i), digest(text));
      }
      begin(epoch);
      execute("COMMIT");
      done = true;
    } finally {
      if (!done) {
        connection.close(); // and with it the transaction
      }
    }
  }

  private void begin(Id epoch) {
    SqlConnection writer = new SqlConnection(connection);
    writer.claim();
    new SqlMeta(writer).begin(epoch);
    writer.release();
  }

  private void requireUsableServer() throws SQLException, UnusableDatabaseException {
    try (Statement statement = connection.createStatement()) {
      int version = Integer.parseInt(PostgresqlConnections.show(statement, "server_version_num"));
      String encoding = PostgresqlConnections.show(statement, "server_encoding");
      if (version < OLDEST_SERVER) {
        throw new UnusableDatabaseException(
            database, "on a PostgreSQL that is too old (expected: 14 or newer)");
      }
      if (!encoding.equals("UTF8")) {
        throw new UnusableDatabaseException(
            database, "of encoding " + encoding + " (expected: UTF8)");
      }
    }
  }

  /// How many scripts were applied. Looks only.
  private int version() throws SQLException, UnusableDatabaseException {
    if (number(TABLES) == 0) {
      return 0;
    }
    if (number(OURS) != 2) {
      throw new UnusableDatabaseException(
          database, "of another program (expected: an empty database, or Credence's)");
    }
    List<Sha256> applied = applied();
    if (applied.size() > scripts.size()) {
      throw new UnusableDatabaseException(
          database,
          "of version "
              + applied.size()
              + " (expected: at most "
              + scripts.size()
              + "; it needs a newer Credence)");
    }
    for (int i = 0; i < applied.size(); i++) {
      if (!applied.get(i).equals(digest(PostgresqlScript.text(scripts.get(i))))) {
        throw new UnusableDatabaseException(
            database,
            "migration "
                + scripts.get(i)
                + " is not the one that was applied (expected: the same text)");
      }
    }
    return applied.size();
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

  private static Sha256 digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private void record(int number, String name, Sha256 digest) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO migration (number, name, digest) VALUES (?, ?, ?)")) {
      insert.setLong(1, number);
      insert.setString(2, name);
      insert.setBytes(3, digest.bytes());
      insert.executeUpdate();
    }
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

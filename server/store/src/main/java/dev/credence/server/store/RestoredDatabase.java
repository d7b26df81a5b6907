package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.port.StoreException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/// What is left to be done to a PostgreSQL database that its own tools have brought back from a
/// backup, before servers use it again.
public final class RestoredDatabase {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String SERVERS =
      """
      SELECT count(*) FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name LIKE 'credence-server%'\
      """;

  private final PostgresqlSettings restored;

  public RestoredDatabase(PostgresqlSettings restored) {
    this.restored = restored;
  }

  /// Does what [Restoration] says.
  ///
  /// @param replaced name of the database that was used before, on the same database server; empty:
  ///   its later decisions are lost
  /// @throws UnusableDatabaseException one of them cannot be used, or a server uses it; nothing has
  ///   happened then
  public Restoration.Report run(Restoration restoration, Optional<String> replaced)
      throws UnusableDatabaseException {
    if (replaced.isEmpty()) {
      return with(restoration, Optional.empty());
    }
    if (replaced.get().equals(restored.database())) {
      throw new UnusableDatabaseException(
          restored.display(), "replaces itself (expected: the name of the one used before)");
    }
    var old =
        new PostgresqlSettings(
            restored.hosts(),
            replaced.get(),
            restored.user(),
            restored.password(),
            restored.tls(),
            restored.notifications());
    try (Connection from = open(old)) {
      // Or the driver would hold all rows of a query in memory.
      from.setAutoCommit(false);
      return with(restoration, Optional.of(from));
    } catch (SQLException e) {
      throw unusable(old, e);
    }
  }

  private Restoration.Report with(Restoration restoration, Optional<Connection> from)
      throws UnusableDatabaseException {
    try (Connection to = open(restored)) {
      return restoration.run(to, Dialect.POSTGRESQL, from);
    } catch (SQLException | StoreException e) {
      throw unusable(restored, e);
    }
  }

  private static UnusableDatabaseException unusable(PostgresqlSettings which, Exception e) {
    return new UnusableDatabaseException(
        which.display(), "cannot be restored: " + PostgresqlStore.line(e.getMessage()), e);
  }

  private static Connection open(PostgresqlSettings settings)
      throws SQLException, UnusableDatabaseException {
    var connections = new PostgresqlConnections(settings, PATIENCE);
    requireUnused(connections, settings);
    try (Connection connection = connections.openWriter()) {
      new PostgresqlMigrations(settings.display(), connection, Migrations.SCRIPTS)
          .apply(Id.random(new SecureRandom()));
    }
    Connection connection = connections.openWriter();
    try (Statement statement = connection.createStatement()) {
      // Rows are carried over one by one; the other connection waits meanwhile.
      statement.execute("SET idle_in_transaction_session_timeout = 0");
    }
    return connection;
  }

  private static void requireUnused(PostgresqlConnections connections, PostgresqlSettings settings)
      throws SQLException, UnusableDatabaseException {
    try (Connection connection = connections.openReader();
        Statement statement = connection.createStatement();
        ResultSet servers = statement.executeQuery(SERVERS)) {
      if (servers.next() && servers.getLong(1) > 0) {
        throw new UnusableDatabaseException(
            settings.display(), "a server uses it (expected: all servers stopped)");
      }
    }
  }
}

package dev.credence.server.store;

import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/// How connections to a PostgreSQL database are opened. Thread-safe.
///
/// @param patience how long a connection, a statement or a lock may take
record PostgresqlConnections(PostgresqlSettings settings, Duration patience) {
  /// Who writes holds this advisory lock of the database: "credence" in ASCII.
  static final long LOCK = 0x6372_6564_656e_6365L;

  private static final String NO_PASSWORD = "28P01";

  /// Where commits are told.
  static final String CHANNEL = "credence_commit";

  /// A server that stands still within a transaction this long (stopped, or cut off without a word)
  /// loses it, and with it the lock.
  static final Duration STANDSTILL = Duration.ofSeconds(5);

  /// A connection that can write. A commit has returned from the disk, whatever the database's
  /// default.
  Connection openWriter() throws SQLException {
    Connection connection = open("credence-server writer", true);
    try (Statement statement = connection.createStatement()) {
      if ("off".equals(show(statement, "synchronous_commit"))) {
        statement.execute("SET synchronous_commit = on");
      }
      statement.execute("SET lock_timeout = " + patience.toMillis());
      statement.execute("SET idle_in_transaction_session_timeout = " + STANDSTILL.toMillis());
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /// A connection that only reads.
  Connection openReader() throws SQLException {
    return open("credence-server reader", true);
  }

  /// A connection that waits for what others commit.
  Connection openListener() throws SQLException {
    Connection connection = open("credence-server listener", false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + CHANNEL);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private Connection open(String name, boolean bounded) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    password().ifPresent(word -> properties.setProperty("password", word));
    properties.setProperty("ApplicationName", name);
    String seconds = Long.toString(Math.max(1, patience.toSeconds()));
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("loginTimeout", seconds);
    if (bounded) {
      properties.setProperty("socketTimeout", seconds);
    }
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    if (settings.hosts().size() > 1) {
      properties.setProperty("targetServerType", "primary");
    }
    protect(properties);
    String url = "jdbc:postgresql://" + String.join(",", settings.hosts()) + "/";
    properties.setProperty("PGDBNAME", settings.database());
    @Nullable Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException(settings.display() + ": not understood by the driver");
    }
    return connection;
  }

  private Optional<String> password() throws SQLException {
    try {
      return settings.password().get();
    } catch (UncheckedIOException e) {
      throw new SQLException(String.valueOf(e.getMessage()), NO_PASSWORD, e);
    }
  }

  private void protect(Properties properties) {
    switch (settings.tls()) {
      case PostgresqlSettings.Tls.Off _ -> properties.setProperty("sslmode", "disable");
      case PostgresqlSettings.Tls.Verified verified -> {
        properties.setProperty("sslmode", "verify-full");
        verified
            .authorities()
            .ifPresentOrElse(
                file -> properties.setProperty("sslrootcert", file.toString()),
                () ->
                    properties.setProperty(
                        "sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory"));
      }
    }
  }

  /// The value of a setting of the database.
  static String show(Statement statement, String setting) throws SQLException {
    try (ResultSet answer = statement.executeQuery("SHOW " + setting)) {
      return answer.next() ? answer.getString(1) : "";
    }
  }
}

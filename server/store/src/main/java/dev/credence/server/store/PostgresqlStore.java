package dev.credence.server.store;

import dev.credence.certs.Id;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// The server's database in PostgreSQL, which several servers share.
public final class PostgresqlStore extends SqlStore {
  private final PostgresqlConnections connections;
  private final Writer writer;
  private final List<CommitWatch> watches = new CopyOnWriteArrayList<>();

  private PostgresqlStore(
      PostgresqlConnections connections, Writer writer, StoreSettings settings) {
    super(GroupCommit.start(settings, writer), new Readers(settings, new Reader(connections)));
    this.connections = connections;
    this.writer = writer;
  }

  /// Connects, and brings the database to the newest version.
  ///
  /// @throws UnusableDatabaseException it is of a newer version, of another program, altered, or
  ///   cannot be reached
  public static PostgresqlStore open(PostgresqlSettings database, StoreSettings settings)
      throws UnusableDatabaseException {
    return open(database, settings, Migrations.SCRIPTS);
  }

  static PostgresqlStore open(
      PostgresqlSettings database, StoreSettings settings, List<String> scripts)
      throws UnusableDatabaseException {
    // Half: a call whose write waits for another server then learns in time that it did not happen.
    var connections = new PostgresqlConnections(database, settings.patience().dividedBy(2));
    try (Connection connection = connections.openWriter()) {
      new PostgresqlMigrations(database.display(), connection, scripts)
          .apply(Id.random(new SecureRandom()));
    } catch (SQLException e) {
      throw new UnusableDatabaseException(database.display(), problem(e), e);
    }
    return new PostgresqlStore(connections, new Writer(connections), settings);
  }

  private static String problem(SQLException failure) {
    String why = line(failure.getMessage());
    return PostgresqlError.isNotThere(failure)
        ? "cannot be reached: "
            + why.replaceFirst("(?s)\\. Check that .*", "")
            + " (expected: a PostgreSQL that runs and takes connections there; start it, or correct"
            + " the address)"
        : "cannot be opened: " + why;
  }

  /// The driver's messages may have several lines.
  static String line(@Nullable String message) {
    return message == null ? "no reason given" : message.replaceAll("\\s*\\R\\s*", " ");
  }

  @Override
  public Optional<Instant> clock() {
    return Optional.of(read(view -> ((SqlView) view).clock()));
  }

  @Override
  public boolean follow(Runnable changed) {
    var watch =
        new CommitWatch(
            connections, pid -> pid == writer.pid.get(), changed, CommitWatch.LOOK_EVERY);
    watches.add(watch);
    watch.start();
    return true;
  }

  @Override
  public void close() {
    watches.forEach(CommitWatch::close);
    super.close();
  }

  private record Reader(PostgresqlConnections connections) implements BatchRunner.Opener {
    @Override
    public SqlSession open() throws SQLException {
      return SqlSession.on(new SqlConnection(connections.openReader()));
    }

    @Override
    public Dialect dialect() {
      return Dialect.POSTGRESQL;
    }
  }

  /// Knows the newest writing connection's number at the server, to tell its own commits from those
  /// of others.
  private record Writer(PostgresqlConnections connections, AtomicInteger pid)
      implements BatchRunner.Opener {
    Writer(PostgresqlConnections connections) {
      this(connections, new AtomicInteger());
    }

    @Override
    public SqlSession open() throws SQLException {
      Connection connection = connections.openWriter();
      pid.set(connection.unwrap(PGConnection.class).getBackendPID());
      return SqlSession.on(new SqlConnection(connection));
    }

    @Override
    public Dialect dialect() {
      return Dialect.POSTGRESQL;
    }
  }
}

package dev.credence.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches a PostgreSQL database for what other servers commit: by LISTEN, or, where that is not to
/// be had, by asking every 20 ms. Says so once after each (re)connection, since something may have
/// been missed, and every second in any case. A thread of its own.
final class CommitWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitWatch.class);

  static final Duration POLL_EVERY = Duration.ofMillis(20);

  /// How long it listens without a word before it looks whether its connection is still there.
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final Duration AGAIN_AFTER = Duration.ofMillis(250);

  private static final String HEADS =
      "SELECT epoch, registry_number, (SELECT max(number) FROM event) FROM meta";

  private final PostgresqlConnections connections;
  private final IntPredicate own;
  private final Runnable changed;
  private final Duration lookEvery;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /// @param own whether a connection, by the process id of its server's end, is this store's writer
  /// @param lookEvery how long it listens without a word before it looks and tells in any case
  CommitWatch(
      PostgresqlConnections connections, IntPredicate own, Runnable changed, Duration lookEvery) {
    this.connections = connections;
    this.own = own;
    this.changed = changed;
    this.lookEvery = lookEvery;
    this.thread = Thread.ofPlatform().name("store-watch").daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  private void work() {
    boolean well = true;
    while (isOpen()) {
      try {
        if (connections.settings().notifications()) {
          listen();
        } else {
          poll();
        }
      } catch (SQLException | RuntimeException | Error e) {
        if (well && isOpen()) {
          LOG.atWarn().setCause(e).log("what other servers commit is not seen; tried again");
        }
        well = false;
        pause(AGAIN_AFTER);
      }
    }
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  private void listen() throws SQLException {
    try (Connection connection = connections.openListener()) {
      PGConnection postgres = connection.unwrap(PGConnection.class);
      tell();
      while (isOpen()) {
        PGNotification[] heard = postgres.getNotifications(Math.toIntExact(lookEvery.toMillis()));
        if (heard == null || heard.length == 0) {
          // Finds a connection that is gone without a word, which waiting alone would not.
          requireAlive(connection);
          tell();
        } else if (anyForeign(heard)) {
          tell();
        }
      }
    }
  }

  private boolean anyForeign(PGNotification[] heard) {
    for (PGNotification one : heard) {
      if (!own.test(one.getPID())) {
        return true;
      }
    }
    return false;
  }

  private static void requireAlive(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  private void poll() throws SQLException {
    try (Connection connection = connections.openReader();
        PreparedStatement heads = connection.prepareStatement(HEADS)) {
      String seen = "";
      while (isOpen()) {
        String now = heads(heads);
        if (!now.equals(seen)) {
          seen = now;
          tell();
        }
        pause(POLL_EVERY);
      }
    }
  }

  private static String heads(PreparedStatement query) throws SQLException {
    try (ResultSet row = query.executeQuery()) {
      return row.next()
          ? row.getString(1) + " " + row.getString(2) + " " + row.getString(3)
          : "nothing";
    }
  }

  private void tell() {
    try {
      changed.run();
    } catch (RuntimeException | Error e) {
      LOG.error("what follows a commit of another server failed", e);
    }
  }

  private void pause(Duration time) {
    try {
      boolean _ = closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // Nobody but a program that ends interrupts it.
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  /// Ends it; it may need a second to notice. Idempotent.
  @Override
  public void close() {
    closed.countDown();
  }
}

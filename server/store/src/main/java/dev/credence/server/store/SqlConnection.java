package dev.credence.server.store;

import dev.credence.server.core.port.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One connection with its prepared statements, used by one thread at a time. Transactions are
/// begun and ended with SQL of our own, never by the driver.
///
/// After a failed statement everything is refused until [#claim], so that work which swallows a
/// failure cannot go on outside the transaction that the failure may have ended.
final class SqlConnection implements AutoCloseable {
  private final Connection jdbc;
  private final Remembered remembered;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private @Nullable Thread user;
  private @Nullable StoreException failure;
  private boolean changed;
  private long newestEventAt = Long.MIN_VALUE;

  SqlConnection(Connection jdbc) {
    this(jdbc, Remembered.nothing());
  }

  SqlConnection(Connection jdbc, Remembered remembered) {
    this.jdbc = jdbc;
    this.remembered = remembered;
  }

  /// From now on this thread uses it, and no other.
  void claim() {
    user = Thread.currentThread();
    failure = null;
    changed = false;
    newestEventAt = Long.MIN_VALUE;
  }

  /// Nobody uses it: whoever kept a view is refused.
  void release() {
    user = null;
  }

  /// The first failure since [#claim].
  @Nullable StoreException failure() {
    return failure;
  }

  /// True if a change was tried since [#claim].
  boolean changed() {
    return changed;
  }

  /// An event of that time was appended: the newest of all.
  void appended(long nanos) {
    newestEventAt = nanos;
  }

  /// The time of the newest event if it was appended since [#claim], otherwise the lowest there is.
  long newestEventAt() {
    return newestEventAt;
  }

  /// A change is about to be tried.
  ///
  /// @param keeping it touches nothing that may be remembered
  void changing(boolean keeping) {
    changed = true;
    if (!keeping) {
      remembered.forget();
    }
  }

  /// For reads and writes of the aggregates.
  SqlStatement sql(String sql) {
    return sql(sql, false);
  }

  /// For the frequent writes, which touch nothing that is remembered, or say what.
  SqlStatement keeping(String sql) {
    return sql(sql, true);
  }

  /// For the frequent reads of what seldom changes: asks only if the answer is not known.
  <T> Optional<T> remember(String sql, Object parameters, Supplier<Optional<T>> read) {
    requireUsable();
    return remembered.get(sql, parameters, read);
  }

  /// From now on the answer is this.
  <T> void remember(String sql, T answer) {
    remembered.set(sql, answer);
  }

  /// As [#remember(String, Object, Supplier)], for records that can be large.
  <T> Optional<T> rememberLarge(String sql, Object parameters, Supplier<Optional<T>> read) {
    requireUsable();
    return remembered.getLarge(sql, parameters, read);
  }

  /// The answer to that query is another one from now on: said by whoever changes it with a
  /// statement that keeps the rest.
  void forgetLarge(String sql, Object parameters) {
    remembered.forgetLarge(sql, parameters);
  }

  private SqlStatement sql(String sql, boolean keeping) {
    requireUsable();
    try {
      return new SqlStatement(this, sql, statement(sql), keeping);
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  private void requireUsable() {
    if (!Thread.currentThread().equals(user)) {
      throw new IllegalStateException(
          "a view or transaction was used after its end, or by another thread");
    }
    if (failure != null) {
      throw new StoreException(
          StoreException.Outcome.NOTHING_WRITTEN,
          "the transaction failed before: " + failure.getMessage(),
          failure);
    }
  }

  /// For transaction verbs: no claim needed, failures are the caller's.
  void execute(String sql) throws SQLException {
    if (sql.startsWith("ROLLBACK")) {
      remembered.forget();
    }
    try {
      statement(sql).execute();
    } catch (SQLException e) {
      forget(sql);
      throw e;
    }
  }

  /// For the rest: several statements, without parameters.
  void script(String sql) throws SQLException {
    try (var statement = jdbc.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /// Remembers the failure, and drops the statement, which the driver may have closed.
  StoreException failed(String sql, SQLException cause) {
    forget(sql);
    StoreException failed =
        new StoreException(
            StoreException.Outcome.NOTHING_WRITTEN, "database: " + cause.getMessage(), cause);
    failure = failed;
    return failed;
  }

  private PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known == null) {
      known = jdbc.prepareStatement(sql);
      prepared.put(sql, known);
    }
    return known;
  }

  private void forget(String sql) {
    PreparedStatement statement = prepared.remove(sql);
    if (statement != null) {
      try {
        statement.close();
      } catch (SQLException e) {
        // It failed already; closing the connection closes the rest.
        return;
      }
    }
  }

  /// Ends whatever transaction is open without it.
  @Override
  public void close() throws SQLException {
    prepared.clear();
    jdbc.close();
  }
}

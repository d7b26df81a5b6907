package dev.credence.server.core.port;

import java.time.Instant;
import java.util.Optional;

/// The database. Thread-safe; calls block until done.
///
/// A write is one transaction: all of it or nothing. It returns after the commit is durable.
/// Several writes may share one commit (group commit); each is isolated from the failure of the
/// others. Work may be run again from the start, so it has no effects outside the transaction
/// except through [Transaction#afterCommit].
public interface Store extends AutoCloseable {

  /// Runs `work` in a transaction.
  ///
  /// @throws E what the work threw: the transaction is rolled back
  /// @throws StoreException the database failed; its `outcome` says whether the write may have
  ///   happened
  <T, E extends Exception> T write(Work<T, E> work) throws E;

  /// Runs `query` on one consistent state that includes every write that returned before.
  <T, E extends Exception> T read(Query<T, E> query) throws E;

  /// From now on until the store is closed, `changed` runs when another server may have committed
  /// something to the same database: soon after that commit, one run at a time, on a thread of the
  /// store's own; sometimes also when nothing has changed.
  ///
  /// @return false: nobody else writes to this database, and it never runs
  default boolean follow(Runnable changed) {
    return false;
  }

  /// The time by the database's own clock, where several servers measure themselves by it.
  ///
  /// @return empty: this server's clock is the only one
  default Optional<Instant> clock() {
    return Optional.empty();
  }

  /// A copy of everything, taken while the database is in use.
  ///
  /// @return empty: the database has tools of its own for that
  /// @throws StoreException it cannot be made
  default Optional<StoreCopy> copy() {
    return Optional.empty();
  }

  @Override
  void close();

  /// What decides and changes.
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T in(Transaction transaction) throws E;
  }

  /// What only looks.
  @FunctionalInterface
  interface Query<T, E extends Exception> {
    T in(View view) throws E;
  }
}

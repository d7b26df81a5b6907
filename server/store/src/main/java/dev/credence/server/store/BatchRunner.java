package dev.credence.server.store;

import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs writes that share a commit on the one connection that writes. The writer's thread only.
///
/// First without savepoints, since SQLite keeps a copy of each page that a savepoint may have to
/// bring back; a write that fails before it changed anything leaves nothing to bring back. If one
/// fails later than that, all is rolled back and runs again, each write in its own savepoint.
final class BatchRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

  private final Opener opener;
  private final Dialect dialect;
  private final CommitListener listener;
  private final IntSupplier waiting;
  private @Nullable SqlSession session;

  /// @param waiting how many writes wait now
  BatchRunner(Opener opener, CommitListener listener, IntSupplier waiting) {
    this.opener = opener;
    this.dialect = opener.dialect();
    this.listener = listener;
    this.waiting = waiting;
  }

  /// Runs and answers all of them.
  ///
  /// @throws UnknownOutcomeException a commit may have happened; its writes are not answered, and
  ///   others perhaps not
  void run(List<? extends PendingWrite<?, ?>> writes) throws UnknownOutcomeException {
    long start = System.nanoTime();
    SqlSession open;
    try {
      open = begin();
    } catch (SQLException e) {
      discard();
      writes.forEach(
          write -> write.fail(Outcome.NOTHING_WRITTEN, "database: " + e.getMessage(), e));
      return;
    }
    if (!withoutSavepoints(open, writes) && !inSavepoints(writes)) {
      return;
    }
    SqlSession used = session;
    if (used != null) {
      commit(used, writes, start);
      tidy(used, writes.size());
    }
  }

  /// @return false if one failed after it had changed something, or in a statement
  private static boolean withoutSavepoints(
      SqlSession open, List<? extends PendingWrite<?, ?>> writes) {
    for (PendingWrite<?, ?> write : writes) {
      // After a failed statement PostgreSQL does nothing more in this transaction.
      if (!write.run(open)
          && (open.connection().changed() || open.connection().failure() != null)) {
        return false;
      }
    }
    return true;
  }

  /// Rolls back and runs all of them again.
  ///
  /// @return false if that took more than this transaction; all are answered then
  private boolean inSavepoints(List<? extends PendingWrite<?, ?>> writes)
      throws UnknownOutcomeException {
    SqlSession open;
    try {
      rollBack();
      open = begin();
    } catch (SQLException e) {
      discard();
      writes.forEach(
          write -> write.fail(Outcome.NOTHING_WRITTEN, "database: " + e.getMessage(), e));
      return false;
    }
    for (PendingWrite<?, ?> write : writes) {
      if (!attempt(open, write)) {
        discard();
        write.answer();
        alone(writes, write);
        return false;
      }
    }
    return true;
  }

  /// Where the database has ended the transaction itself there is none to roll back: then the
  /// connection goes.
  private void rollBack() {
    SqlSession open = session;
    try {
      if (open != null) {
        open.connection().execute("ROLLBACK");
      }
    } catch (SQLException e) {
      LOG.debug("rolling back failed; the writing connection is replaced", e);
      discard();
    }
  }

  private SqlSession begin() throws SQLException {
    SqlSession known = session;
    if (known != null) {
      try {
        known.connection().execute(dialect.beginWrite());
        return known;
      } catch (SQLException e) {
        if (!dialect.isConnectionLost(e)) {
          throw e;
        }
        discard(); // lost since the last batch: nothing rests on it yet
      }
    }
    SqlSession fresh = opener.open();
    session = fresh;
    fresh.connection().execute(dialect.beginWrite());
    return fresh;
  }

  /// @return false if the database ended the whole transaction, as it may when the disk is full
  private static boolean attempt(SqlSession open, PendingWrite<?, ?> write) {
    try {
      open.connection().execute("SAVEPOINT work");
      if (!write.run(open)) {
        open.connection().execute("ROLLBACK TO SAVEPOINT work");
      }
      open.connection().execute("RELEASE SAVEPOINT work");
      return true;
    } catch (SQLException e) {
      write.lost(new StoreException(Outcome.NOTHING_WRITTEN, "database: " + e.getMessage(), e));
      return false;
    }
  }

  /// One write brought the batch down: nothing of the others was written, so they run again, one
  /// commit each.
  private void alone(List<? extends PendingWrite<?, ?>> writes, PendingWrite<?, ?> culprit)
      throws UnknownOutcomeException {
    for (PendingWrite<?, ?> write : writes) {
      if (write != culprit) {
        run(List.of(write));
      }
    }
  }

  private void commit(SqlSession open, List<? extends PendingWrite<?, ?>> writes, long start)
      throws UnknownOutcomeException {
    reached(CommitListener.Point.BEFORE_COMMIT);
    long worked = System.nanoTime();
    try {
      open.connection().execute(dialect.commit());
    } catch (SQLException e) {
      commitFailed(writes, e);
      return;
    }
    long committed = System.nanoTime();
    reached(CommitListener.Point.AFTER_COMMIT);
    writes.forEach(write -> write.afterCommit().forEach(BatchRunner::guarded));
    reached(CommitListener.Point.BEFORE_REPLY);
    var commit =
        new CommitListener.Commit(
            writes.size(),
            waiting.getAsInt(),
            Duration.ofNanos(worked - start),
            Duration.ofNanos(committed - worked));
    guarded(() -> listener.committed(commit));
    writes.forEach(PendingWrite::answer);
    reached(CommitListener.Point.AFTER_REPLY);
  }

  private void commitFailed(List<? extends PendingWrite<?, ?>> writes, SQLException cause)
      throws UnknownOutcomeException {
    Outcome outcome = dialect.ofCommit(cause);
    String message = "commit failed: " + cause.getMessage();
    if (outcome == Outcome.UNKNOWN && !dialect.survivesUnknownOutcome()) {
      throw new UnknownOutcomeException(new StoreException(outcome, message, cause));
    }
    discard();
    writes.forEach(write -> write.fail(outcome, message, cause));
  }

  /// All are answered: time for what nobody waits for.
  private void tidy(SqlSession open, int writes) throws UnknownOutcomeException {
    try {
      if (open.equals(session)) {
        opener.tidy(open.connection(), writes, waiting.getAsInt() == 0);
      }
    } catch (SQLException e) {
      if (dialect.ofCommit(e) == Outcome.UNKNOWN) {
        throw new UnknownOutcomeException(
            new StoreException(
                Outcome.UNKNOWN, "upkeep of the database failed: " + e.getMessage(), e));
      }
      LOG.warn("upkeep of the database failed; it is tried again", e);
    }
  }

  private void reached(CommitListener.Point point) {
    guarded(() -> listener.reached(point));
  }

  /// What is called here promised not to throw; the commit stands whatever it does.
  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("what ran after a commit failed", e);
    }
  }

  /// Closes the connection: what was not committed is gone for certain. The next batch opens
  /// another.
  private void discard() {
    SqlSession old = session;
    session = null;
    if (old != null) {
      try {
        old.connection().close();
      } catch (SQLException e) {
        LOG.warn("closing the writing connection failed", e);
      }
    }
  }

  @Override
  public void close() {
    discard();
  }

  /// Opens connections.
  @FunctionalInterface
  interface Opener {
    SqlSession open() throws SQLException;

    /// What they speak.
    default Dialect dialect() {
      return Dialect.SQLITE;
    }

    /// Called after each commit, when its writes are answered.
    ///
    /// @param writes how many they were
    /// @param idle true if nobody waits
    default void tidy(SqlConnection connection, int writes, boolean idle) throws SQLException {}
  }
}

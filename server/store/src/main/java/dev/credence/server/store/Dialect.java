package dev.credence.server.store;

import dev.credence.server.core.port.StoreException.Outcome;
import java.sql.SQLException;

/// Everything in which the databases differ once they are open: how transactions begin and end, and
/// what their failures mean. The queries are the same for all.
enum Dialect {
  /// One file, one writing process: the lock is the file's.
  SQLITE {
    @Override
    String beginWrite() {
      return "BEGIN IMMEDIATE";
    }

    @Override
    String beginRead() {
      return "BEGIN";
    }

    @Override
    String commit() {
      return "COMMIT";
    }

    @Override
    Outcome ofCommit(SQLException failure) {
      return SqliteError.ofCommit(failure);
    }

    @Override
    boolean isConnectionLost(SQLException failure) {
      return false;
    }

    // The file may be damaged, and nobody else can tell: the process has to begin anew.
    @Override
    boolean survivesUnknownOutcome() {
      return false;
    }
  },

  /// Several servers write to one database, one transaction at a time: each holds a lock of ours
  /// from its beginning until it is over. With "read committed" each statement after the lock sees
  /// everything that was committed before, and nobody commits in between, so what a transaction
  /// decides on stays true until its commit; numbers have no gaps, and nothing is ever tried again.
  /// The database frees the lock of a server that dies, and that of one that stands still after
  /// [PostgresqlConnections#STANDSTILL].
  POSTGRESQL {
    @Override
    String beginWrite() {
      return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock("
          + PostgresqlConnections.LOCK
          + ")";
    }

    @Override
    String beginRead() {
      return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    }

    // The other servers hear of it when it is durable, in the order of the commits.
    @Override
    String commit() {
      return "NOTIFY " + PostgresqlConnections.CHANNEL + "; COMMIT";
    }

    @Override
    Outcome ofCommit(SQLException failure) {
      return PostgresqlError.ofCommit(failure);
    }

    @Override
    boolean isConnectionLost(SQLException failure) {
      return PostgresqlError.isConnectionLost(failure);
    }

    // What was committed is whole in any case, and can be read again.
    @Override
    boolean survivesUnknownOutcome() {
      return true;
    }
  };

  /// Begins a transaction that no other writer of this database runs beside.
  abstract String beginWrite();

  /// Begins a transaction that sees one state, with everything that was committed before.
  abstract String beginRead();

  /// Makes it durable.
  abstract String commit();

  /// Whether a commit that failed in this way has certainly written nothing.
  abstract Outcome ofCommit(SQLException failure);

  /// Whether only the connection is gone: then a transaction that had not begun may begin on
  /// another one.
  abstract boolean isConnectionLost(SQLException failure);

  /// Whether the store may go on after a commit of unknown outcome, once its callers know of it.
  abstract boolean survivesUnknownOutcome();
}

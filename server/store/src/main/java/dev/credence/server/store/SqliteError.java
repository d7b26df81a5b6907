package dev.credence.server.store;

import dev.credence.server.core.port.StoreException.Outcome;
import java.sql.SQLException;

/// What a failure of SQLite means for the commit that it hit.
final class SqliteError {
  private static final int PRIMARY_CODE = 0xff;
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int INTERRUPT = 9;
  private static final int FULL = 13;
  private static final int CONSTRAINT = 19;
  private static final int NOT_A_DATABASE = 26;

  private SqliteError() {}

  /// Whether a failed COMMIT has certainly written nothing.
  ///
  /// Certain: another process held the lock, a constraint did not hold, or the file could not grow.
  /// The last because the mark that makes a transaction count is in the header of its last page in
  /// the log, covered by a checksum over all of that page: no room for the page, no transaction.
  /// Everything else, a failed fsync first of all, leaves a transaction that may or may not be
  /// there after a restart.
  static Outcome ofCommit(SQLException failure) {
    return switch (failure.getErrorCode() & PRIMARY_CODE) {
      case BUSY, LOCKED, INTERRUPT, FULL, CONSTRAINT -> Outcome.NOTHING_WRITTEN;
      default -> Outcome.UNKNOWN;
    };
  }

  static boolean isNotADatabase(SQLException failure) {
    return (failure.getErrorCode() & PRIMARY_CODE) == NOT_A_DATABASE;
  }
}

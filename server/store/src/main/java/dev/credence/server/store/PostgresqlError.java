package dev.credence.server.store;

import dev.credence.server.core.port.StoreException.Outcome;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a failure of PostgreSQL means, by the class of its SQLSTATE (appendix A of its manual).
final class PostgresqlError {
  private static final int CLASS = 2;

  /// A constraint that did not hold, a transaction that had failed before, a rollback, a limit, a
  /// lock that was not to be had: the server refused the commit.
  private static final Set<String> REFUSED = Set.of("23", "25", "40", "42", "54", "55");

  /// No connection, or the server ended it.
  private static final Set<String> LOST = Set.of("08", "57");

  private static final Set<String> NOT_THERE = Set.of("08001", "57P01", "57P02", "57P03");

  private PostgresqlError() {}

  /// Whether a failed COMMIT has certainly written nothing. Everything that isn't known to be a
  /// refusal leaves it open, a lost connection first of all.
  static Outcome ofCommit(SQLException failure) {
    return REFUSED.contains(classOf(failure)) ? Outcome.NOTHING_WRITTEN : Outcome.UNKNOWN;
  }

  /// Class 57 as well: an administrator ended the connection, or the server is stopping. Also
  /// 25P03: the server ended a connection that stood still within a transaction.
  static boolean isConnectionLost(SQLException failure) {
    return LOST.contains(classOf(failure)) || "25P03".equals(failure.getSQLState());
  }

  /// Whether nobody answers there, or the server is starting or stopping. One that has no TLS, or
  /// TLS that is not trusted, or that refuses who asks, is there.
  static boolean isNotThere(SQLException failure) {
    return NOT_THERE.contains(String.valueOf(failure.getSQLState()));
  }

  private static String classOf(SQLException failure) {
    @Nullable String state = failure.getSQLState();
    return state == null || state.length() < CLASS ? "" : state.substring(0, CLASS);
  }
}

package dev.credence.server.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The real database, with failures on command: SQLite cannot be made to fail an fsync. Knows all
/// SQL that was prepared.
final class FailingJdbc {
  /// SQLITE_IOERR_FSYNC.
  static final int FSYNC = 1034;

  /// SQLITE_FULL.
  static final int FULL = 13;

  private final Set<String> prepared = ConcurrentHashMap.newKeySet();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

  /// The next execution of this SQL does its work, or not, and fails with this code.
  void failNext(String sql, int code, boolean afterwards) {
    failures.add(new Failure(sql, code, afterwards));
  }

  /// The next execution of this SQL is left alone.
  void passNext(String sql) {
    failures.add(new Failure(sql, 0, true));
  }

  Set<String> prepared() {
    return prepared;
  }

  Connection around(Connection real) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          Object result = method.invoke(real, arguments);
          if (method.getName().equals("prepareStatement") && arguments != null) {
            String sql = (String) arguments[0];
            prepared.add(sql);
            return around(sql, (PreparedStatement) result);
          }
          if (method.getName().equals("createStatement")) {
            return around((Statement) result);
          }
          return result;
        });
  }

  private PreparedStatement around(String sql, PreparedStatement real) {
    return proxy(
        PreparedStatement.class,
        (method, arguments) -> {
          Failure failure = method.getName().startsWith("execute") ? take(sql) : null;
          if (failure == null || failure.code() == 0) {
            return method.invoke(real, arguments);
          }
          if (failure.afterwards()) {
            method.invoke(real, arguments);
          }
          throw new SQLException("made to fail: " + sql, "HY000", failure.code());
        });
  }

  private Statement around(Statement real) {
    return proxy(
        Statement.class,
        (method, arguments) -> {
          Failure failure =
              arguments != null && arguments[0] instanceof String sql ? take(sql) : null;
          if (failure == null) {
            return method.invoke(real, arguments);
          }
          throw new SQLException("made to fail: " + failure.sql(), "HY000", failure.code());
        });
  }

  private @Nullable Failure take(String sql) {
    Failure first = failures.peek();
    return first != null && first.sql().equals(sql) ? failures.poll() : null;
  }

  private static <T> T proxy(Class<T> type, Calls calls) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return calls.call(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private record Failure(String sql, int code, boolean afterwards) {}

  @FunctionalInterface
  private interface Calls {
    Object call(java.lang.reflect.Method method, Object @Nullable [] arguments)
        throws ReflectiveOperationException, SQLException;
  }
}

package dev.credence.server.store;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Authorities, events, and the numbers and times that must only rise. Not thread-safe.
final class LaterHistory {
  private final TableRows rows;

  LaterHistory(TableRows rows) {
    this.rows = rows;
  }

  // First those that do not sign: at most one of a server and kind does, at every moment.
  void authorities() throws SQLException {
    String later = "SELECT id, state, changed_at_ns FROM authority ORDER BY ";
    String last = "CASE state WHEN 'active' THEN 1 ELSE 0 END, seq";
    for (var row : rows.read(later + last)) {
      rows.change(
          "UPDATE authority SET state = ?, changed_at_ns = ? WHERE id = ?",
          row.get("state"),
          row.get("changed_at_ns"),
          row.get("id"));
    }
    rows.copy("authority", "SELECT * FROM authority ORDER BY " + last, _ -> true);
  }

  /// @return how many came
  int events() throws SQLException {
    Object last = rows.find("SELECT coalesce(max(number), 0) FROM event");
    return rows.copy(
        "event",
        "SELECT * FROM event WHERE number > " + number(last) + " ORDER BY number",
        _ -> true);
  }

  void meta() throws SQLException {
    var row = rows.read("SELECT * FROM meta").getFirst();
    for (String column : List.of("registry_number", "bundle_sequence", "crl_number")) {
      Object value = row.get(column);
      rows.change(
          "UPDATE meta SET "
              + column
              + " = 1 + CASE WHEN "
              + column
              + " < ? THEN ? ELSE "
              + column
              + " END",
          value,
          value);
    }
    if (row.get("highest_time_ns") != null) {
      rows.change(
          "UPDATE meta SET highest_time_ns = ?, clock_ceiling_ns = ?",
          row.get("highest_time_ns"),
          row.get("clock_ceiling_ns"));
    }
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}

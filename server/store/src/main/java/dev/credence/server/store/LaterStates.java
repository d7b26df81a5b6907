package dev.credence.server.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Of two states the stricter one; and what came after the backup is suspended, whatever it was. It
/// counts both. Not thread-safe.
final class LaterStates {
  private static final String SUSPENDED = "suspended";
  private static final List<String> STRICTNESS =
      List.of("active", "draft", SUSPENDED, "retired", "evicted", "banned", "removed");

  private final TableRows rows;
  private int stricter;
  private int added;

  LaterStates(TableRows rows) {
    this.rows = rows;
  }

  /// How many became stricter.
  int stricter() {
    return stricter;
  }

  /// How many came after the backup.
  int added() {
    return added;
  }

  /// Puts this row's state in the place of a weaker one.
  ///
  /// @param set what else is set then, "column = ?" with a comma after it; may be empty
  /// @param values for that
  void strengthen(
      String table, byte[] id, Map<String, @Nullable Object> row, String set, Object... values)
      throws SQLException {
    int strictness = STRICTNESS.indexOf(row.get("state"));
    String weaker = String.join("', '", STRICTNESS.subList(0, Math.max(0, strictness)));
    var all = new ArrayList<@Nullable Object>(List.of(values));
    all.add(row.get("state"));
    all.add(id);
    stricter +=
        rows.change(
            "UPDATE "
                + table
                + " SET "
                + set
                + "state = ? WHERE id = ? AND state IN ('"
                + weaker
                + "')",
            all.toArray());
  }

  /// It is there, suspended, unless it is out for good.
  boolean comeLater(Map<String, @Nullable Object> row) {
    int strictness = STRICTNESS.indexOf(row.get("state"));
    if (strictness >= 0 && strictness < STRICTNESS.indexOf(SUSPENDED)) {
      row.put("state", SUSPENDED);
    }
    added++;
    return true;
  }
}

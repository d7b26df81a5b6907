package dev.credence.server.store;

import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What ran after a backup, what was certified for it, and which certificates were withdrawn. Not
/// thread-safe.
final class LaterExecutions {
  private final TableRows rows;
  private final SameThings ids;

  LaterExecutions(TableRows rows, SameThings ids) {
    this.rows = rows;
    this.ids = ids;
  }

  /// Those that the backup knows as running end as they ended.
  void take() throws SQLException {
    rows.copy(
        "execution",
        "SELECT * FROM execution ORDER BY seq",
        row -> {
          if (row.get("ended_at_ns") != null) {
            rows.change(
                "UPDATE execution SET ended_at_ns = ?, end_reason = ? WHERE id = ? AND ended_at_ns IS NULL",
                row.get("ended_at_ns"),
                row.get("end_reason"),
                row.get("id"));
          }
          return !ids.known("execution", row.get("id"))
              && ids.refer(row, "subject", "subject_id")
              && ids.refer(row, "node", "node_id")
              && ids.known("registration", row.get("registration_id"));
        });
  }

  /// @return how many came
  int certificates() throws SQLException {
    // The execution's id stands where its number stands.
    return rows.copy(
        "certificate",
        """
        SELECT c.serial, c.spki, e.id AS execution_seq, c.node_id, c.not_before_ns, c.not_after_ns, c.authority_id
        FROM certificate c LEFT JOIN execution e ON e.seq = c.execution_seq ORDER BY c.seq\
        """,
        this::newCertificate);
  }

  private boolean newCertificate(Map<String, @Nullable Object> row) throws SQLException {
    // One index of each kind.
    String kind = row.get("execution_seq") == null ? "NULL" : "NOT NULL";
    if (rows.find(
            "SELECT serial FROM certificate WHERE spki = ? AND serial = ? AND execution_seq IS "
                + kind,
            row.get("spki"),
            row.get("serial"))
        != null) {
      return false;
    }
    Object execution = row.get("execution_seq");
    if (execution != null) {
      row.put("execution_seq", rows.find("SELECT seq FROM execution WHERE id = ?", execution));
    }
    // Its key stays known in any case.
    return row.get("node_id") == null || ids.refer(row, "node", "node_id");
  }

  /// Serials on revocation lists.
  void revoked() throws SQLException {
    for (var row :
        rows.read(
            "SELECT serial, revoked_at_ns, not_after_ns, of_node FROM revoked ORDER BY number")) {
      if (rows.find("SELECT number FROM revoked WHERE serial = ?", row.get("serial")) == null) {
        Object last = rows.find("SELECT coalesce(max(number), 0) FROM revoked");
        rows.change(
            "INSERT INTO revoked (number, serial, revoked_at_ns, not_after_ns, of_node) VALUES (?, ?, ?, ?, ?)",
            number(last) + 1,
            row.get("serial"),
            row.get("revoked_at_ns"),
            row.get("not_after_ns"),
            row.get("of_node"));
      }
    }
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}

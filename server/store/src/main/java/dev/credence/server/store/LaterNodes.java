package dev.credence.server.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was decided of nodes after a backup, which tokens were made and used, and by what a copied
/// data folder was or will be noticed. Not thread-safe.
final class LaterNodes {
  private final List<byte[]> suspended = new ArrayList<>();
  private final TableRows rows;
  private final SameThings ids;
  private final LaterStates states;

  LaterNodes(TableRows rows, SameThings ids, LaterStates states) {
    this.rows = rows;
    this.ids = ids;
    this.states = states;
  }

  /// Those that came later, and were active.
  List<byte[]> suspended() {
    return List.copyOf(suspended);
  }

  void nodes() throws SQLException {
    rows.copy(
        "node",
        "SELECT * FROM node ORDER BY seq",
        row -> {
          Object id = row.get("id");
          boolean isKnown = ids.known("node", id);
          if (isKnown
              || ids.same(
                  row,
                  rows.find("SELECT id FROM node WHERE public_key = ?", row.get("public_key")))) {
            byte[] known = ids.mapped(id);
            rows.change(
                """
                UPDATE node SET public_key = ?, decided_key = ?, start_id = ?,
                  svid_not_after_ns = ?, last_seen_at_ns = ? WHERE id = ?\
                """,
                row.get("public_key"),
                // With the key that it has now: else an older one would suspend it, although an
                // administrator decided against that one.
                isKnown ? row.get("decided_key") : decidedOfEither(row, known),
                row.get("start_id"),
                row.get("svid_not_after_ns"),
                row.get("last_seen_at_ns"),
                known);
            states.strengthen("node", known, row, "");
            return false;
          }
          if ("active".equals(row.get("state"))) {
            suspended.add(SameThings.bytes(row.get("id")));
          }
          return states.comeLater(row);
        });
  }

  // One that joined anew has the key of the one that is there, and what was decided for it. Of the
  // same one nothing is kept: that there is none may have been decided.
  private @Nullable Object decidedOfEither(Map<String, @Nullable Object> row, byte[] there)
      throws SQLException {
    Object later = row.get("decided_key");
    return later == null ? rows.find("SELECT decided_key FROM node WHERE id = ?", there) : later;
  }

  void tokens() throws SQLException {
    rows.copy(
        "join_token",
        "SELECT * FROM join_token ORDER BY seq",
        row -> {
          if (row.get("redeemed_node_id") != null && !ids.refer(row, "node", "redeemed_node_id")) {
            row.put("redeemed_node_id", null);
            row.put("redeemed_key", null);
          }
          return true;
        });
  }

  /// Starts and renewals of each node as they are known since, with their marks: that a start came
  /// back after another one, that a renewed SVID was shown. Those of the backup are forgotten for
  /// nodes that both know: an administrator may have taken the node back meanwhile.
  void traces() throws SQLException {
    for (var row : rows.read("SELECT id FROM node ORDER BY seq")) {
      for (String table : List.of("node_start", "node_renewal")) {
        // Not of one that is known by its key alone: its history here is another one.
        rows.change("DELETE FROM " + table + " WHERE node_id = ?", row.get("id"));
      }
    }
    rows.copy(
        "node_start",
        "SELECT * FROM node_start ORDER BY seq",
        row ->
            ids.refer(row, "node", "node_id")
                && marked(
                    "UPDATE node_start SET returned = ? WHERE node_id = ? AND start_id = ? AND returned < ?",
                    row.get("returned"),
                    row.get("node_id"),
                    row.get("start_id"),
                    row.get("returned")));
    rows.copy(
        "node_renewal",
        "SELECT * FROM node_renewal ORDER BY seq",
        row ->
            ids.refer(row, "node", "node_id")
                && marked(
                    "UPDATE node_renewal SET used = ? WHERE node_id = ? AND to_serial = ? AND used < ?",
                    row.get("used"),
                    row.get("node_id"),
                    row.get("to_serial"),
                    row.get("used")));
  }

  /// The inventory of what asks, as it is known since, for each node that has one: its sums are of
  /// the events that come over.
  void inventory() throws SQLException {
    for (var row : rows.read("SELECT DISTINCT node_id FROM unregistered")) {
      rows.change("DELETE FROM unregistered WHERE node_id = ?", ids.mapped(row.get("node_id")));
    }
    rows.copy(
        "unregistered",
        "SELECT * FROM unregistered ORDER BY seq",
        row -> {
          // All zero, of several nodes, is none's.
          row.put("node_id", ids.mapped(row.get("node_id")));
          return true;
        });
  }

  /// Where the row is there already, the stronger mark counts; the rest of it is the same.
  private boolean marked(String update, @Nullable Object... values) throws SQLException {
    return rows.change(update, values) == 0;
  }
}

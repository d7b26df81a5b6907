package dev.credence.server.store;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was decided of agents and services after a backup, what keeps them out, which names are
/// spent, and which set answers for what. Not thread-safe.
final class LaterSubjects {
  private final Set<ByteBuffer> newSubjects = new HashSet<>();
  private final TableRows rows;
  private final SameThings ids;
  private final LaterStates states;

  LaterSubjects(TableRows rows, SameThings ids, LaterStates states) {
    this.rows = rows;
    this.ids = ids;
    this.states = states;
  }

  void subjects() throws SQLException {
    rows.copy(
        "subject",
        "SELECT * FROM subject ORDER BY seq",
        row -> {
          if (!ids.refer(row, "owner", "owner_id")) {
            return false;
          }
          Object id = row.get("id");
          if (ids.known("subject", id) || ids.same(row, byName(row))) {
            becomeStricter(row);
            return false;
          }
          newSubjects.add(SameThings.key(id));
          row.put("held", 1L);
          return states.comeLater(row);
        });
  }

  private @Nullable Object byName(Map<String, @Nullable Object> row) throws SQLException {
    return rows.find(
        "SELECT id FROM subject WHERE owner_id = ? AND kind = ? AND name = ?",
        row.get("owner_id"),
        row.get("kind"),
        row.get("name"));
  }

  // The revision is one that nobody has seen. A hand-over stays: the old name is spent.
  private void becomeStricter(Map<String, @Nullable Object> row) throws SQLException {
    byte[] id = ids.mapped(row.get("id"));
    rows.change(
        "UPDATE subject SET owner_id = ? WHERE id = ? AND NOT EXISTS"
            + " (SELECT 1 FROM subject WHERE owner_id = ? AND kind = ? AND name = ?)",
        row.get("owner_id"),
        id,
        row.get("owner_id"),
        row.get("kind"),
        row.get("name"));
    rows.change(
        "UPDATE subject SET revision = 1 + CASE WHEN revision < ? THEN ? ELSE revision END WHERE id = ?",
        row.get("revision"),
        row.get("revision"),
        id);
    states.strengthen("subject", id, row, "");
    rows.change("UPDATE subject SET held = 1 WHERE id = ? AND 1 = ?", id, row.get("held"));
  }

  /// The backup says what leads to its agents. What leads to those that came later stays, and leads
  /// nowhere until they are resumed.
  ///
  /// @param now nanoseconds, for what is ended by this
  void registrations(long now) throws SQLException {
    rows.copy(
        "registration",
        "SELECT * FROM registration ORDER BY seq",
        row -> {
          if (ids.known("registration", row.get("id"))
              || !ids.refer(row, "subject", "subject_id")) {
            return false;
          }
          boolean came = newSubjects.contains(SameThings.key(row.get("subject_id")));
          if (row.get("removed_at_ns") == null && !came) {
            row.put("removed_at_ns", now);
          }
          return true;
        });
  }

  /// @return how many came
  int bars() throws SQLException {
    int bars =
        rows.copy(
            "bar",
            "SELECT * FROM bar ORDER BY seq",
            row -> knownBar(row) && !ids.same(row, inForce(row)));
    rows.copy(
        "bar_uid",
        "SELECT * FROM bar_uid ORDER BY seq",
        row -> ids.refer(row, "bar", "bar_id") && ids.refer(row, "node", "node_id"));
    return bars;
  }

  // One that was lifted since is in force again, and there is one at a time: it binds what the
  // later
  // one binds.
  private @Nullable Object inForce(Map<String, @Nullable Object> row) throws SQLException {
    return row.get("lifted_at_ns") == null
        ? rows.find(
            "SELECT id FROM bar WHERE node_id = ? AND subject_id = ? AND lifted_at_ns IS NULL",
            row.get("node_id"),
            row.get("subject_id"))
        : null;
  }

  private boolean knownBar(Map<String, @Nullable Object> row) throws SQLException {
    return ids.refer(row, "subject", "subject_id")
        && ids.refer(row, "node", "node_id")
        && ids.known("execution", row.get("execution_id"));
  }

  /// @return how many came
  int spentNames() throws SQLException {
    return rows.copy(
        "spent_name",
        "SELECT * FROM spent_name ORDER BY seq",
        row -> ids.refer(row, "owner", "owner_id") && ids.refer(row, "subject", "subject_id"));
  }

  /// Which set answers for a thing is as it is since: another set's apply must not remove it, or
  /// change it back. What only the backup knows belongs where it did.
  ///
  /// @return of how many things
  int sets() throws SQLException {
    return rows.copy(
        "set_member",
        "SELECT * FROM set_member ORDER BY seq",
        row -> {
          byte[] thing = ids.mapped(row.get("thing_id"));
          row.put("thing_id", thing);
          rows.change("DELETE FROM set_member WHERE thing_id = ?", (Object) thing);
          return isThere(thing);
        });
  }

  private boolean isThere(byte[] thing) throws SQLException {
    for (String table : List.of("person", "owner", "subject")) {
      if (ids.known(table, thing)) {
        return true;
      }
    }
    return false;
  }
}

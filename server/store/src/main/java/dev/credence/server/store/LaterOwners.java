package dev.credence.server.store;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was decided of owners after a backup: their states, and which owner is above which. Not
/// thread-safe.
final class LaterOwners {
  private final Set<ByteBuffer> newOwners = new HashSet<>();
  private final TableRows rows;
  private final SameThings ids;
  private final LaterStates states;

  LaterOwners(TableRows rows, SameThings ids, LaterStates states) {
    this.rows = rows;
    this.ids = ids;
    this.states = states;
  }

  void take() throws SQLException {
    rows.copy("owner", "SELECT * FROM owner ORDER BY seq", this::comesLater);
  }

  private boolean comesLater(Map<String, @Nullable Object> row) throws SQLException {
    Object id = row.get("id");
    if (ids.known("owner", id)
        || ids.same(row, rows.find("SELECT id FROM owner WHERE name = ?", row.get("name")))) {
      strengthen(row);
      return false;
    }
    newOwners.add(SameThings.key(id));
    // Set when all are there.
    row.put("parent_id", null);
    return ids.refer(row, "person", "accountable_id") && states.comeLater(row);
  }

  private void strengthen(Map<String, @Nullable Object> row) throws SQLException {
    byte[] id = ids.mapped(row.get("id"));
    if ("retired".equals(row.get("state")) && row.get("retired_at_ns") instanceof Long at) {
      states.strengthen(
          "owner",
          id,
          row,
          "retired_at_ns = coalesce(retired_at_ns, ?), revision = revision + 1, ",
          at);
    } else {
      states.strengthen("owner", id, row, "revision = revision + 1, ");
    }
  }

  /// Who is above whom as it is since: whoever administers an owner administers those below it. An
  /// owner of which only the backup knows stays where it was, and so there is no circle: nothing
  /// that is newer can be below it.
  ///
  /// @return how many owners were moved
  int parents() throws SQLException {
    int moved = 0;
    for (var row : rows.read("SELECT id, parent_id FROM owner ORDER BY seq")) {
      byte[] id = ids.mapped(row.get("id"));
      Optional<byte[]> parent = parent(row);
      if (!newOwners.contains(SameThings.key(id))) {
        moved += move(id, parent);
      } else if (parent.isPresent()) {
        rows.change("UPDATE owner SET parent_id = ? WHERE id = ?", parent.get(), id);
      }
    }
    return moved;
  }

  private int move(byte[] id, Optional<byte[]> parent) throws SQLException {
    return parent.isPresent()
        ? rows.change(
            "UPDATE owner SET parent_id = ?, revision = revision + 1"
                + " WHERE id = ? AND (parent_id IS NULL OR parent_id <> ?)",
            parent.get(),
            id,
            parent.get())
        : rows.change(
            "UPDATE owner SET parent_id = NULL, revision = revision + 1"
                + " WHERE id = ? AND parent_id IS NOT NULL",
            id);
  }

  /// Empty: it has none, or one that could not be taken over.
  private Optional<byte[]> parent(Map<String, @Nullable Object> row) throws SQLException {
    if (row.get("parent_id") == null) {
      return Optional.empty();
    }
    byte[] parent = ids.mapped(row.get("parent_id"));
    return ids.known("owner", parent) ? Optional.of(parent) : Optional.empty();
  }
}

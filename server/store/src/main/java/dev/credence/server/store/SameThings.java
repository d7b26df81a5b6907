package dev.credence.server.store;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which row of the database that is written a row of the one that is read means: the one with the
/// same id, or one of the same name under another id, where one of the two was begun anew. Not
/// thread-safe.
final class SameThings {
  private final TableRows rows;
  private final Map<ByteBuffer, byte[]> sameAs = new HashMap<>();

  SameThings(TableRows rows) {
    this.rows = rows;
  }

  /// Points a reference to the same thing in the database that is written.
  ///
  /// @return false: it is not there
  boolean refer(Map<String, @Nullable Object> row, String table, String column)
      throws SQLException {
    Object id = row.get(column);
    if (id == null) {
      return true;
    }
    row.put(column, mapped(id));
    return known(table, row.get(column));
  }

  /// Whether there is a row of this very id.
  boolean known(String table, @Nullable Object id) throws SQLException {
    return id != null && rows.find("SELECT id FROM " + table + " WHERE id = ?", id) != null;
  }

  /// Remembers that the row is what is there under another id.
  boolean same(Map<String, @Nullable Object> row, @Nullable Object there) {
    if (there == null) {
      return false;
    }
    sameAs.put(key(row.get("id")), bytes(there));
    return true;
  }

  /// The id there.
  byte[] mapped(@Nullable Object id) {
    byte[] bytes = bytes(id);
    byte[] there = sameAs.get(ByteBuffer.wrap(bytes));
    return there == null ? bytes : there;
  }

  /// An id as a key of maps.
  static ByteBuffer key(@Nullable Object id) {
    return ByteBuffer.wrap(bytes(id).clone());
  }

  static byte[] bytes(@Nullable Object id) {
    if (id instanceof byte[] bytes) {
      return bytes;
    }
    throw new IllegalStateException("id: none (expected: 16 bytes)");
  }
}

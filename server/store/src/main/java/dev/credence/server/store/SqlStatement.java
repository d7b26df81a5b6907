package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.port.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One use of a prepared statement: parameters in order, then [#run], [#one] or [#all].
final class SqlStatement {
  private final SqlConnection connection;
  private final String sql;
  private final PreparedStatement prepared;
  private final boolean keeping;
  private int next = 1;

  SqlStatement(SqlConnection connection, String sql, PreparedStatement prepared, boolean keeping) {
    this.connection = connection;
    this.sql = sql;
    this.prepared = prepared;
    this.keeping = keeping;
  }

  SqlStatement id(Id value) {
    return bytes(value.bytes());
  }

  SqlStatement maybeId(Optional<Id> value) {
    return value.isPresent() ? id(value.get()) : nothing(Types.VARBINARY);
  }

  SqlStatement digest(Sha256 value) {
    return bytes(value.bytes());
  }

  SqlStatement maybeDigest(Optional<Sha256> value) {
    return value.isPresent() ? digest(value.get()) : nothing(Types.VARBINARY);
  }

  SqlStatement bytes(byte[] value) {
    return bind(at -> prepared.setBytes(at, value));
  }

  /// @throws IllegalArgumentException if the text cannot be stored as it is, in every database: a
  ///   zero character or half a surrogate pair
  SqlStatement text(String value) {
    String storable = Texts.storable(value);
    return bind(at -> prepared.setString(at, storable));
  }

  SqlStatement maybeText(Optional<String> value) {
    return value.isPresent() ? text(value.get()) : nothing(Types.VARCHAR);
  }

  SqlStatement number(long value) {
    return bind(at -> prepared.setLong(at, value));
  }

  SqlStatement time(Instant value) {
    return number(Times.nanos(value));
  }

  SqlStatement maybeTime(Optional<Instant> value) {
    return value.isPresent() ? time(value.get()) : nothing(Types.BIGINT);
  }

  SqlStatement duration(Duration value) {
    return number(Times.nanos(value));
  }

  SqlStatement maybeDuration(Optional<Duration> value) {
    return value.isPresent() ? duration(value.get()) : nothing(Types.BIGINT);
  }

  /// Executes a change.
  ///
  /// @return how many rows it touched
  int run() {
    connection.changing(keeping);
    try {
      return prepared.executeUpdate();
    } catch (SQLException e) {
      throw connection.failed(sql, e);
    }
  }

  /// Executes a change that must touch exactly one row.
  ///
  /// @throws IllegalStateException if it did not, with this message
  void runOnOne(String otherwise) {
    int rows = run();
    if (rows != 1) {
      throw new IllegalStateException(otherwise + " (rows changed: " + rows + ")");
    }
  }

  /// The first row, if there is one.
  <T> Optional<T> one(SqlRow.Reader<T> reader) {
    List<T> rows = rows(reader, 1);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /// Whether there is a row. For frequent questions that are nearly always answered with no: the
  /// driver asks for the name of each column before it looks at the first row, so select one.
  boolean any() {
    return !rows(SqlRow::number, 1).isEmpty();
  }

  /// The single row of a query that always has one.
  <T> T only(SqlRow.Reader<T> reader) {
    return one(reader).orElseThrow(() -> new IllegalStateException("no row: " + sql));
  }

  <T> List<T> all(SqlRow.Reader<T> reader) {
    return rows(reader, Integer.MAX_VALUE);
  }

  private <T> List<T> rows(SqlRow.Reader<T> reader, int most) {
    List<T> rows = new ArrayList<>();
    try (ResultSet results = prepared.executeQuery()) {
      SqlRow row = new SqlRow(results);
      while (rows.size() < most && results.next()) {
        rows.add(row.read(reader));
      }
      return rows;
    } catch (SQLException e) {
      throw connection.failed(sql, e);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Outcome.NOTHING_WRITTEN,
          "database: a row that this program did not write: " + e.getMessage(),
          e);
    }
  }

  private SqlStatement nothing(int type) {
    return bind(at -> prepared.setNull(at, type));
  }

  private SqlStatement bind(Setter setter) {
    try {
      setter.set(next++);
      return this;
    } catch (SQLException e) {
      throw connection.failed(sql, e);
    }
  }

  @FunctionalInterface
  private interface Setter {
    void set(int at) throws SQLException;
  }
}

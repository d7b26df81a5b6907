package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The columns of the current row, read from left to right: each call takes the next one. A value
/// that is missing where one is needed, or of another shape, is an IllegalArgumentException.
final class SqlRow {
  private final ResultSet results;
  private int next = 1;

  SqlRow(ResultSet results) {
    this.results = results;
  }

  /// Reads the current row from its first column.
  <T> T read(Reader<T> reader) throws SQLException {
    next = 1;
    return reader.read(this);
  }

  Id id() throws SQLException {
    return Id.fromBytes(bytes());
  }

  Optional<Id> maybeId() throws SQLException {
    return Optional.ofNullable(results.getBytes(next++)).map(Id::fromBytes);
  }

  Sha256 digest() throws SQLException {
    return Sha256.fromBytes(bytes());
  }

  Optional<Sha256> maybeDigest() throws SQLException {
    return Optional.ofNullable(results.getBytes(next++)).map(Sha256::fromBytes);
  }

  byte[] bytes() throws SQLException {
    return present(results.getBytes(next++));
  }

  String text() throws SQLException {
    return present(results.getString(next++));
  }

  Optional<String> maybeText() throws SQLException {
    return Optional.ofNullable(results.getString(next++));
  }

  Name name() throws SQLException {
    return new Name(text());
  }

  <E extends Enum<E>> E word(Class<E> type) throws SQLException {
    return Words.parse(type, text());
  }

  long number() throws SQLException {
    return maybeNumber().orElseThrow(this::absent);
  }

  Optional<Long> maybeNumber() throws SQLException {
    long value = results.getLong(next++);
    return value == 0 && results.wasNull() ? Optional.empty() : Optional.of(value);
  }

  int integer() throws SQLException {
    long value = number();
    if (value != (int) value) {
      throw new IllegalArgumentException("number " + value + " (expected: one of 32 bits)");
    }
    return (int) value;
  }

  Instant time() throws SQLException {
    return Times.time(number());
  }

  Optional<Instant> maybeTime() throws SQLException {
    return maybeNumber().map(Times::time);
  }

  Duration duration() throws SQLException {
    return Duration.ofNanos(number());
  }

  Optional<Duration> maybeDuration() throws SQLException {
    return maybeNumber().map(Duration::ofNanos);
  }

  private <T> T present(@Nullable T value) {
    if (value == null) {
      throw absent();
    }
    return value;
  }

  private IllegalArgumentException absent() {
    return new IllegalArgumentException("column " + (next - 1) + " is empty (expected: a value)");
  }

  /// Makes a value of one row.
  @FunctionalInterface
  interface Reader<T> {
    T read(SqlRow row) throws SQLException;
  }
}

package dev.credence.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows of one database put into another one of the same version, column by column, so that columns
/// which a later version adds come along. Not thread-safe.
final class TableRows {
  private static final int AT_ONCE = 500;

  private final Connection from;
  private final Connection to;
  private final Map<String, PreparedStatement> known = new HashMap<>();

  TableRows(Connection from, Connection to) {
    this.from = from;
    this.to = to;
  }

  /// Changes a row before it is put in.
  @FunctionalInterface
  interface Change {
    /// @param row value by column; may be changed
    /// @return false: leave it out
    boolean apply(Map<String, @Nullable Object> row) throws SQLException;
  }

  /// Puts in what `query` finds, without what has a unique value that is there already. The column
  /// `seq` is given anew.
  ///
  /// @return how many were put in
  int copy(String table, String query, Change change) throws SQLException {
    int copied = 0;
    try (PreparedStatement select = from.prepareStatement(query)) {
      select.setFetchSize(AT_ONCE);
      try (ResultSet rows = select.executeQuery()) {
        List<String> columns = columns(rows.getMetaData());
        try (PreparedStatement insert = to.prepareStatement(insert(table, columns))) {
          while (rows.next()) {
            Map<String, @Nullable Object> row = row(rows, columns);
            if (change.apply(row)) {
              copied += put(insert, columns, row);
            }
          }
        }
      }
    }
    return copied;
  }

  private static int put(
      PreparedStatement insert, List<String> columns, Map<String, @Nullable Object> row)
      throws SQLException {
    for (int i = 0; i < columns.size(); i++) {
      insert.setObject(i + 1, row.get(columns.get(i)));
    }
    return insert.executeUpdate();
  }

  private static List<String> columns(ResultSetMetaData meta) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      String name = meta.getColumnLabel(i);
      if (!name.equals("seq")) {
        columns.add(name);
      }
    }
    return columns;
  }

  private static String insert(String table, List<String> columns) {
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", columns)
        + ") VALUES ("
        + String.join(", ", columns.stream().map(_ -> "?").toList())
        + ") ON CONFLICT DO NOTHING";
  }

  private static Map<String, @Nullable Object> row(ResultSet rows, List<String> columns)
      throws SQLException {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (String column : columns) {
      row.put(column, rows.getObject(column));
    }
    return row;
  }

  /// What `query` finds in the database that is read, row by row.
  List<Map<String, @Nullable Object>> read(String query) throws SQLException {
    try (PreparedStatement select = from.prepareStatement(query);
        ResultSet rows = select.executeQuery()) {
      List<Map<String, @Nullable Object>> all = new ArrayList<>();
      List<String> columns = columns(rows.getMetaData());
      while (rows.next()) {
        all.add(row(rows, columns));
      }
      return all;
    }
  }

  /// The first value that `query` finds in the database that is written.
  @Nullable Object find(String query, @Nullable Object... values) throws SQLException {
    PreparedStatement select = prepared(query, values);
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? rows.getObject(1) : null;
    }
  }

  /// Changes the database that is written.
  int change(String statement, @Nullable Object... values) throws SQLException {
    return prepared(statement, values).executeUpdate();
  }

  // They are asked for each row, and closed with the connection.
  private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = known.get(sql);
    if (statement == null) {
      statement = to.prepareStatement(sql);
      known.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}

package dev.credence.cli.print;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Rows under a header, each column as wide as its widest cell. Not thread-safe.
public final class Table {

  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;

  /// A table with these column titles.
  public Table(String... titles) {
    widths = new int[titles.length];
    row(titles);
  }

  /// Adds a row; an empty cell is shown as `-`.
  ///
  /// @throws IllegalArgumentException if it has not one cell for each column
  public Table row(String... cells) {
    if (cells.length != widths.length) {
      throw new IllegalArgumentException(
          Text.of("cells: %d (expected: %d)", cells.length, widths.length));
    }
    var row = IntStream.range(0, cells.length).mapToObj(i -> fit(cells[i])).toList();
    IntStream.range(0, cells.length)
        .forEach(i -> widths[i] = Math.max(widths[i], row.get(i).length()));
    rows.add(row);
    return this;
  }

  /// Makes the columns at least this wide, for a table whose rows are not yet known.
  public Table atLeast(int... least) {
    IntStream.range(0, Math.min(least.length, widths.length))
        .forEach(i -> widths[i] = Math.max(widths[i], least[i]));
    return this;
  }

  /// Prints what was added since the last time, in the widths known by now.
  public void print(PrintWriter out) {
    rows.forEach(row -> out.println(line(row)));
    rows.clear();
    out.flush();
  }

  private String line(List<String> row) {
    var line = new StringBuilder();
    for (var i = 0; i < row.size(); i++) {
      line.append(row.get(i));
      if (i < row.size() - 1) {
        line.repeat(' ', widths[i] - row.get(i).length()).append(GAP);
      }
    }
    return line.toString();
  }

  private static String fit(String cell) {
    return cell.isEmpty() ? "-" : Printable.line(cell);
  }
}

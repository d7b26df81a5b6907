package dev.credence.cli.print;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// One thing in detail: labels on the left, values on the right, in sections. Not thread-safe.
public final class Sheet {

  private static final String INDENT = "  ";

  private record Line(String label, String value, boolean title) {}

  private final List<Line> lines = new ArrayList<>();

  /// Starts a section; what follows is indented under its title.
  public Sheet section(String title) {
    lines.add(new Line(title, "", true));
    return this;
  }

  /// A label and its value; an empty value is shown as `-`.
  public Sheet line(String label, String value) {
    lines.add(new Line(label, value.isEmpty() ? "-" : Printable.line(value), false));
    return this;
  }

  /// A label and its value, if there is one.
  public Sheet line(String label, Optional<String> value) {
    value.ifPresent(present -> line(label, present));
    return this;
  }

  /// A label and its values, one on each line; none is shown as `-`.
  public Sheet lines(String label, Collection<String> values) {
    var left = label;
    for (var value : values) {
      line(left, value);
      left = "";
    }
    return values.isEmpty() ? line(label, "") : this;
  }

  /// Prints everything; values are aligned within their section.
  public void print(PrintWriter out) {
    var indent = "";
    var width = widthFrom(0);
    for (var i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.title()) {
        out.println();
        out.println(line.label());
        indent = INDENT;
        width = widthFrom(i + 1);
      } else {
        out.println(
            indent + line.label() + " ".repeat(width - line.label().length() + 2) + line.value());
      }
    }
    out.flush();
  }

  private int widthFrom(int first) {
    return lines.stream()
        .skip(first)
        .takeWhile(line -> !line.title())
        .mapToInt(line -> line.label().length())
        .max()
        .orElse(0);
  }
}

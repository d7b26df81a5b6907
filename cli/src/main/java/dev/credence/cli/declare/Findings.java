package dev.credence.cli.declare;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Everything that is wrong with one file. Confined to one thread.
final class Findings {
  private static final int LONGEST_SHOWN = 100;

  private final String file;
  private final List<Problem> problems = new ArrayList<>();

  Findings(String file) {
    this.file = file;
  }

  void addAll(List<Problem> found) {
    problems.addAll(found);
  }

  void add(int line, String what, String message) {
    problems.add(
        new Problem(
            line, Text.of("%s:%d: %s%s", file, line, what.isEmpty() ? "" : what + ": ", message)));
  }

  String position(int line) {
    return Text.of("%s:%d", file, line);
  }

  /// In the order of the file.
  List<Problem> all() {
    return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
  }

  /// Of text in a file, for a message.
  static String quoted(String text) {
    var shown =
        text.codePointCount(0, text.length()) <= LONGEST_SHOWN
            ? text
            : text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN)) + "...";
    return "\"" + Printable.line(shown) + "\"";
  }
}

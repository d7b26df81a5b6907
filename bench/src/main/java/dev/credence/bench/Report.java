package dev.credence.bench;

import java.io.PrintStream;

/// Prints results as rows of a table, as they come.
final class Report {

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  /// A heading.
  void section(String title) {
    out.println();
    out.println("## " + title);
    out.println();
    out.println("| what | measured |");
    out.println("|---|---|");
  }

  /// One result.
  void row(String what, Object measured) {
    out.println("| " + what + " | " + measured + " |");
    out.flush();
  }
}

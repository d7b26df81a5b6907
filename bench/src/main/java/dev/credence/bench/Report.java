package dev.credence.bench;

import java.io.PrintStream;

/// Prints results as rows of a table, as they come.
final class Report {

  private final PrintStream out;
  private final PrintStream progress;

  /// @param progress for people who wait
  Report(PrintStream out, PrintStream progress) {
    this.out = out;
    this.progress = progress;
  }

  /// What goes on, for who waits; no result.
  void progress(String what) {
    progress.println(what);
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

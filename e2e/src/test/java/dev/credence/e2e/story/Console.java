package dev.credence.e2e.story;

import java.io.PrintStream;

/// Where stories print: the test's own output, which the build keeps in target/surefire-reports.
public final class Console {

  private static final PrintStream OUT = System.out;

  private Console() {}

  /// Prints one line.
  public static void line(String text) {
    OUT.println(text);
    OUT.flush();
  }
}

package dev.credence.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Libraries log to the standard error stream by default; a command's errors are one line for
/// people instead.
final class Quiet {

  private Quiet() {}

  static void libraries() {
    Logger.getLogger("").setLevel(Level.OFF);
    // SLF4J would otherwise remark that nobody listens to it.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }
}

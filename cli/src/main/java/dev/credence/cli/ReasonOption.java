package dev.credence.cli;

import picocli.CommandLine.Option;

/// Why something is created.
final class ReasonOption {

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  String text() {
    return reason;
  }
}

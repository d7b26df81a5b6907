package dev.credence.cli;

import dev.credence.cli.print.Output;
import picocli.CommandLine.Option;

/// How a command prints its answer.
final class OutputOption {

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "How to print the answer (default: table).")
  private Output format = Output.TABLE;

  Output format() {
    return format;
  }
}

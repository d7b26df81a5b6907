package dev.credence.cli.client;

/// What the program's exit code says. Others script against the numbers.
public enum ExitCode {
  /// Done.
  DONE(0),
  /// The daemon refused, or something failed.
  FAILED(1),
  /// The command line is wrong; nothing was sent.
  USAGE(2),
  /// The daemon cannot be reached.
  UNREACHABLE(3),
  /// A dry run would change something, and was asked to say so by its exit code.
  PENDING(4);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /// The process's exit code.
  public int number() {
    return number;
  }
}

package dev.credence.cli.client;

import java.io.Serial;

/// A command that did not do its work: one line for people, and the exit code.
public final class CommandFailure extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode exit;

  /// `message` is one line and names the thing, the value and the expectation.
  public CommandFailure(ExitCode exit, String message) {
    super(message);
    this.exit = exit;
  }

  /// As above, with what brought it about.
  public CommandFailure(ExitCode exit, String message, Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  /// A failure with exit code 1.
  public static CommandFailure failed(String message) {
    return new CommandFailure(ExitCode.FAILED, message);
  }

  /// A failure with exit code 2.
  public static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message);
  }

  /// The exit code.
  public ExitCode exit() {
    return exit;
  }
}

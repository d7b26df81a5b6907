package dev.credence.node.launch;

/// A program is not started. The message is a line for the caller.
final class LaunchRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean runItYourself;

  private LaunchRefusedException(String message, boolean runItYourself) {
    super(message);
    this.runItYourself = runItYourself;
  }

  /// It must not be started at all.
  static LaunchRefusedException of(String message) {
    return new LaunchRefusedException(message, false);
  }

  /// The caller may start it itself: by the node, it would be freer than its caller.
  static LaunchRefusedException notByTheNode(String message) {
    return new LaunchRefusedException(message, true);
  }

  boolean runItYourself() {
    return runItYourself;
  }
}

package dev.credence.node;

/// Which processes of earlier executions still run can't be found out now. The way out is to open
/// the stream again later; to settle without it would end executions that go on.
final class UnsettledException extends Exception {
  private static final long serialVersionUID = 1L;

  UnsettledException(String message) {
    super(message);
  }
}

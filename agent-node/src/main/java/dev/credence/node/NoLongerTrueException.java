package dev.credence.node;

/// What was attested of a process is not so any more, or cannot be relied on: its executions end
/// for this reason.
final class NoLongerTrueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final EndReason reason;

  /// @param message for people: the process, what was found, what was expected
  NoLongerTrueException(EndReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  EndReason reason() {
    return reason;
  }
}

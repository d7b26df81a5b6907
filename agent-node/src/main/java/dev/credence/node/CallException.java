package dev.credence.node;

import java.util.Locale;

/// The server did not do what the node asked.
final class CallException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What follows from it.
  enum Kind {
    /// The node doesn't know the newest registrations yet: catch up and ask again.
    BEHIND,
    /// The server does not allow it.
    REFUSED,
    /// The execution does not run (any more).
    NOT_RUNNING,
    /// The request itself was not usable.
    UNUSABLE,
    /// No answer, or not now.
    AWAY;

    /// The word for it in metrics.
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Kind kind;

  CallException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  CallException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}

package dev.credence.transport;

import java.io.IOException;

/// A question on a Unix socket that got no answer that could be used. The message is for people.
public final class LocalHttpException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Reason {
    /// Nobody serves there, or the connection broke: asking again may help.
    UNREACHABLE,
    /// No whole answer in time: asking again may help.
    LATE,
    /// Somebody else serves there than who is expected.
    STRANGER,
    /// The answer is not HTTP/1.1, or longer than allowed.
    MALFORMED
  }

  private final Reason reason;

  LocalHttpException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  LocalHttpException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// Why.
  public Reason reason() {
    return reason;
  }

  /// True if it says nothing about what was asked, and asking again may help.
  public boolean isTransient() {
    return reason == Reason.UNREACHABLE || reason == Reason.LATE;
  }
}

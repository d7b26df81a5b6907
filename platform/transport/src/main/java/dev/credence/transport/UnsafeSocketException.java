package dev.credence.transport;

import java.io.IOException;

/// A socket at which somebody else than root or this daemon's own user could answer. The message is
/// for people.
public final class UnsafeSocketException extends IOException {
  private static final long serialVersionUID = 1L;

  UnsafeSocketException(String message) {
    super(message);
  }

  UnsafeSocketException(String message, Throwable cause) {
    super(message, cause);
  }
}

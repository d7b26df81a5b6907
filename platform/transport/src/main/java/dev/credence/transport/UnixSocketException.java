package dev.credence.transport;

import java.io.IOException;

/// A socket path that cannot be served; the message is a line for people.
public final class UnixSocketException extends IOException {
  private static final long serialVersionUID = 1L;

  UnixSocketException(String message) {
    super(message);
  }

  UnixSocketException(String message, Throwable cause) {
    super(message, cause);
  }
}

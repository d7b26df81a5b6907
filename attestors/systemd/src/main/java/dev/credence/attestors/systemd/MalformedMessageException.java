package dev.credence.attestors.systemd;

import java.io.IOException;

/// Somebody on the bus, or the bus itself, does not keep to the protocol.
final class MalformedMessageException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message);
  }

  MalformedMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}

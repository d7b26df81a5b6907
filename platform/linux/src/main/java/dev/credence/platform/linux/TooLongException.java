package dev.credence.platform.linux;

import java.io.IOException;

/// A file has more content than is accepted.
final class TooLongException extends IOException {
  private static final long serialVersionUID = 1L;

  TooLongException(String what, int limit) {
    super(what + " is longer than " + limit + " bytes");
  }
}

package dev.credence.attestors.linux;

/// A file was not hashed, and why, for people.
final class HashRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean isTransient;

  HashRefusedException(String message) {
    super(message);
    this.isTransient = false;
  }

  HashRefusedException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private HashRefusedException(String message, Throwable cause, boolean isTransient) {
    super(message, cause);
    this.isTransient = isTransient;
  }

  /// The node had no time or room for it now, which says nothing about the file.
  static HashRefusedException notNow(String message, Throwable cause) {
    return new HashRefusedException(message, cause, true);
  }

  /// True if another attempt may succeed with the same file.
  boolean isTransient() {
    return isTransient;
  }
}

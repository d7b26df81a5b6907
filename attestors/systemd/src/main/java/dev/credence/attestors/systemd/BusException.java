package dev.credence.attestors.systemd;

/// The bus, or systemd on it, gave no answer that can be used. The message is a clause for people.
final class BusException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean passing;

  private BusException(boolean passing, String message, Throwable cause) {
    super(message, cause);
    this.passing = passing;
  }

  /// It may answer if it is asked again; this says nothing about the process.
  static BusException passing(String message, Throwable cause) {
    return new BusException(true, message, cause);
  }

  /// It answers, and what it says is no good.
  static BusException lasting(String message, Throwable cause) {
    return new BusException(false, message, cause);
  }

  boolean isPassing() {
    return passing;
  }
}

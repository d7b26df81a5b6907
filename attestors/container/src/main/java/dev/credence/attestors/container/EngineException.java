package dev.credence.attestors.container;

/// An engine gave no answer that can be used. The message is a clause for people.
final class EngineException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean passing;

  private EngineException(boolean passing, String message, Throwable cause) {
    super(message, cause);
    this.passing = passing;
  }

  /// It may answer if it is asked again; this says nothing about the process.
  static EngineException passing(String message, Throwable cause) {
    return new EngineException(true, message, cause);
  }

  /// It answers, and what it says is no good.
  static EngineException lasting(String message, Throwable cause) {
    return new EngineException(false, message, cause);
  }

  boolean isPassing() {
    return passing;
  }
}

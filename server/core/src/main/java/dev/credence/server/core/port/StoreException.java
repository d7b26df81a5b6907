package dev.credence.server.core.port;

/// The database failed. Not a refusal: those are the use cases' own.
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What is known of the write.
  public enum Outcome {
    /// It did not happen.
    NOTHING_WRITTEN,
    /// It may have happened: nothing may be acknowledged before the state was loaded again.
    UNKNOWN
  }

  private final Outcome outcome;

  public StoreException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }
}

package dev.credence.attestors;

/// Evidence, or a process, that nothing can be said about. The caller is refused; the message says
/// why, for the event, and is never sent to whoever was refused.
public final class AttestationException extends Exception {
  private static final long serialVersionUID = 1L;

  public AttestationException(String message) {
    super(message);
  }

  public AttestationException(String message, Throwable cause) {
    super(message, cause);
  }
}

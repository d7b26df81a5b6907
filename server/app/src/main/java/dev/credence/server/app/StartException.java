package dev.credence.server.app;

/// The server cannot start; the message is a line for people, without a stack trace.
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}

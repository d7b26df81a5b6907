package dev.credence.attestors.code;

/// Code was not measured or not kept. The message is one line for people: which path, what was
/// found, what was expected.
public final class CodeRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean isTransient;

  CodeRefusedException(String message) {
    super(message);
    this.isTransient = false;
  }

  private CodeRefusedException(String message, Throwable cause, boolean isTransient) {
    super(message, cause);
    this.isTransient = isTransient;
  }

  static CodeRefusedException because(String message, Throwable cause) {
    return new CodeRefusedException(message, cause, false);
  }

  /// There is no time, room or place for it now, or it changed while it was read.
  static CodeRefusedException notNow(String message, Throwable cause) {
    return new CodeRefusedException(message, cause, true);
  }

  /// True if another attempt may succeed with the same code.
  public boolean isTransient() {
    return isTransient;
  }
}

package dev.credence.certs;

/** What an execution is a run of. */
public enum ExecutionKind {
  /** A process as such; it carries no authority of its own beyond standing roles. */
  PROCESS(1, "process"),

  /** One task, with its own authority. */
  TASK(2, "task");

  private final int code;
  private final String label;

  ExecutionKind(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The number that stands for it in encodings; fixed for ever. */
  int code() {
    return code;
  }

  /** The word for it in texts, configuration and commands. */
  public String label() {
    return label;
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static ExecutionKind parse(String label) {
    for (ExecutionKind value : values()) {
      if (value.label.equals(label)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "execution kind " + Printable.quoted(label) + " (expected: process, task)");
  }

  static ExecutionKind ofCode(int code) throws DerException {
    for (ExecutionKind value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new DerException("execution kind " + code + " (expected: 1 to " + values().length + ")");
  }

  @Override
  public String toString() {
    return label;
  }
}

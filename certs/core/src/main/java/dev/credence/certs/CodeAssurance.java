package dev.credence.certs;

/** Which program this is, and who vouches for it; in rising order. */
public enum CodeAssurance {
  /** Nothing is known about the code. */
  NONE(1, "none"),

  /** The process says so: command line, environment, an interpreter's script. */
  CLAIMED(2, "claimed"),

  /** A digest or path of a file that the agent's own uid may be able to change. */
  FILE(3, "file"),

  /** systemd, a container engine or Kubernetes say so. */
  ORCHESTRATOR(4, "orchestrator"),

  /** The node measured the code and started it from its own copy. */
  LAUNCHER(5, "launcher");

  private final int code;
  private final String label;

  CodeAssurance(int code, String label) {
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
  public static CodeAssurance parse(String label) {
    for (CodeAssurance value : values()) {
      if (value.label.equals(label)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "code assurance "
            + Printable.quoted(label)
            + " (expected: none, claimed, file, orchestrator, launcher)");
  }

  static CodeAssurance ofCode(int code) throws DerException {
    for (CodeAssurance value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new DerException("code assurance " + code + " (expected: 1 to " + values().length + ")");
  }

  @Override
  public String toString() {
    return label;
  }
}

package dev.credence.certs;

/** How far a process is apart from others, measured by the node; in rising order. */
public enum Isolation {
  /** Other programs run under this uid. */
  SHARED_UID(1, "shared-uid"),

  /** No other program runs under this uid. */
  OWN_UID(2, "own-uid"),

  /** Own uid, cgroup, no_new_privs and namespaces. */
  SANDBOXED(3, "sandboxed");

  private final int code;
  private final String label;

  Isolation(int code, String label) {
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
  public static Isolation parse(String label) {
    for (Isolation value : values()) {
      if (value.label.equals(label)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "isolation " + Printable.quoted(label) + " (expected: shared-uid, own-uid, sandboxed)");
  }

  static Isolation ofCode(int code) throws DerException {
    for (Isolation value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new DerException("isolation " + code + " (expected: 1 to " + values().length + ")");
  }

  @Override
  public String toString() {
    return label;
  }
}

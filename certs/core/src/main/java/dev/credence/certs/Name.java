package dev.credence.certs;

/**
 * The name of an owner, agent, service or person: {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}.
 * Immutable.
 *
 * @param value the name; a constructor argument of another shape is refused with an
 *     IllegalArgumentException
 */
public record Name(String value) implements Comparable<Name> {
  private static final int MAX_LENGTH = 63;

  /** Checks the shape. */
  public Name {
    if (!isLegal(value)) {
      throw new IllegalArgumentException(
          "name "
              + Printable.quoted(value)
              + " (expected: [a-z0-9] and inner -, at least 1 and at most 63 characters)");
    }
  }

  private static boolean isLegal(String value) {
    int length = value.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      boolean inner = i > 0 && i < length - 1;
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!alphanumeric && !(c == '-' && inner)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(Name other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}

package dev.credence.certs;

import java.util.Optional;

/**
 * The name of a trust domain: 1 to 255 bytes of {@code a-z 0-9 . - _}. Immutable.
 *
 * <p>It looks like a DNS name but is not one, and is compared byte by byte (SPIFFE-ID, section
 * 2.1). Upper case is refused, never folded: two spellings of one name have cost others a bypass.
 */
public final class TrustDomain {
  static final int MAX_LENGTH = 255;

  private final String name;

  private TrustDomain(String name) {
    this.name = name;
  }

  /**
   * Reads a bare name such as {@code example.org}.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static TrustDomain parse(String name) {
    boolean legal = !name.isEmpty() && name.length() <= MAX_LENGTH;
    for (int i = 0; legal && i < name.length(); i++) {
      legal = isLegal(name.charAt(i));
    }
    if (!legal) {
      throw new IllegalArgumentException(
          "trust domain "
              + Printable.quoted(name)
              + " (expected: [a-z0-9._-], at least 1 and at most 255)");
    }
    return new TrustDomain(name);
  }

  /**
   * Reads a bare name, or takes the trust domain of a full SPIFFE ID.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static TrustDomain parseNameOrId(String nameOrId) {
    return nameOrId.contains(":/") ? SpiffeId.parse(nameOrId).trustDomain() : parse(nameOrId);
  }

  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  }

  /** The bare name. */
  public String name() {
    return name;
  }

  /** The SPIFFE ID of the trust domain itself, which has no path. */
  public SpiffeId id() {
    return SpiffeId.of(this);
  }

  /**
   * Why some X.509 parser in wide use (Go's) would refuse certificates of this trust domain; empty
   * if none does. SPIFFE allows such names, so they are read, but an operator should not choose
   * one.
   */
  public Optional<String> interoperabilityProblem() {
    if (name.length() > 253) {
      return Optional.of("longer than 253 characters");
    }
    for (String label : name.split("\\.", -1)) {
      if (label.isEmpty()) {
        return Optional.of("an empty label (leading, trailing or double dot)");
      }
      if (label.length() > 63) {
        return Optional.of("a label longer than 63 characters");
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrustDomain that && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** The bare name. */
  @Override
  public String toString() {
    return name;
  }
}

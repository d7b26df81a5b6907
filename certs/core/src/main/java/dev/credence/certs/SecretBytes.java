package dev.credence.certs;

import java.security.MessageDigest;

/**
 * Bytes that nobody may see in a log: prints as {@code [redacted]}, compares in constant time.
 * Immutable.
 */
public final class SecretBytes {
  private final byte[] secret;

  private SecretBytes(byte[] secret) {
    this.secret = secret;
  }

  /** Copies the bytes; the caller may wipe its own. */
  public static SecretBytes of(byte[] secret) {
    return new SecretBytes(secret.clone());
  }

  /** A copy of the bytes, for the caller to use and to wipe. */
  public byte[] copy() {
    return secret.clone();
  }

  /** How many bytes there are. */
  public int length() {
    return secret.length;
  }

  /** Compares in constant time for secrets of equal length. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SecretBytes that && MessageDigest.isEqual(secret, that.secret);
  }

  /** The length only: a hash of the content would tell something about it. */
  @Override
  public int hashCode() {
    return secret.length;
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

package dev.credence.certs;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 digest: 32 bytes, equal by content. Immutable. */
public final class Sha256 {
  private static final int LENGTH = 32;

  private final byte[] digest;

  private Sha256(byte[] digest) {
    this.digest = digest;
  }

  /** The digest of these bytes. */
  public static Sha256 of(byte[] content) {
    try {
      return new Sha256(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but not this one", e);
    }
  }

  /**
   * Takes 32 bytes that are a digest already.
   *
   * @throws IllegalArgumentException if there are not 32
   */
  public static Sha256 fromBytes(byte[] digest) {
    if (digest.length != LENGTH) {
      throw new IllegalArgumentException(
          "SHA-256 digest of " + digest.length + " bytes (expected: 32)");
    }
    return new Sha256(digest.clone());
  }

  /**
   * Reads 64 lower-case hexadecimal digits.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Sha256 parseHex(String hex) {
    boolean legal = hex.length() == 2 * LENGTH;
    for (int i = 0; legal && i < hex.length(); i++) {
      char c = hex.charAt(i);
      legal = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!legal) {
      throw new IllegalArgumentException(
          "SHA-256 digest " + Printable.quoted(hex) + " (expected: 64 lower-case hex digits)");
    }
    return new Sha256(HexFormat.of().parseHex(hex));
  }

  /** A copy of the 32 bytes. */
  public byte[] bytes() {
    return digest.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sha256 that && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest);
  }
}

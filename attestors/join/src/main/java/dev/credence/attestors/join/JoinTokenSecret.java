package dev.credence.attestors.join;

import dev.credence.certs.SecretBytes;
import dev.credence.certs.Sha256;
import java.security.SecureRandom;

/// The 16 random bytes of a join token that make whoever knows them a node. Prints as `[redacted]`,
/// compares in constant time. Immutable.
public final class JoinTokenSecret {
  /// In bytes.
  public static final int LENGTH = 16;

  private final SecretBytes bytes;

  private JoinTokenSecret(SecretBytes bytes) {
    this.bytes = bytes;
  }

  /// A new one.
  public static JoinTokenSecret random(SecureRandom random) {
    byte[] secret = new byte[LENGTH];
    random.nextBytes(secret);
    return of(secret);
  }

  /// Takes the bytes over by copy.
  ///
  /// @throws IllegalArgumentException if there are not 16
  public static JoinTokenSecret of(byte[] secret) {
    if (secret.length != LENGTH) {
      throw new IllegalArgumentException(
          "join token secret of " + secret.length + " bytes (expected: 16)");
    }
    return new JoinTokenSecret(SecretBytes.of(secret));
  }

  /// What the server keeps instead of it. A plain digest is enough for 128 random bits: there is
  /// nothing to guess.
  public Sha256 digest() {
    return Sha256.of(bytes.copy());
  }

  /// A copy of the bytes, to be sent.
  public byte[] reveal() {
    return bytes.copy();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JoinTokenSecret that && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}

package dev.credence.certs.issue;

import dev.credence.certs.DerException;
import dev.credence.certs.DerReader;
import dev.credence.certs.Sha256;
import java.security.PublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Names a key in SKI and AKI: the first 160 bits of the SHA-256 of the key's bits (RFC 7093,
/// section 2, method 1). Stateless.
final class KeyIdentifier {
  static final int LENGTH = 20;

  private KeyIdentifier() {}

  static byte[] of(SubjectPublicKeyInfo key) {
    return Arrays.copyOf(Sha256.of(key.getPublicKeyData().getOctets()).bytes(), LENGTH);
  }

  /// Of the key in this SubjectPublicKeyInfo, which is known to be one.
  static byte[] ofSpki(byte[] spki) {
    try {
      DerReader parts = new DerReader(spki).enter(DerReader.SEQUENCE, "key");
      parts.enter(DerReader.SEQUENCE, "key's algorithm");
      byte[] bits = parts.content(DerReader.BIT_STRING, "key's bits");
      return Arrays.copyOf(Sha256.of(Arrays.copyOfRange(bits, 1, bits.length)).bytes(), LENGTH);
    } catch (DerException e) {
      throw new IllegalStateException("a key that was checked: " + e.getMessage(), e);
    }
  }

  static byte[] of(PublicKey key) {
    return of(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }
}

package dev.credence.certs.issue;

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

  static byte[] of(PublicKey key) {
    return of(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
  }
}

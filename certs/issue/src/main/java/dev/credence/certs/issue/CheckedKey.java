package dev.credence.certs.issue;

import dev.credence.certs.Sha256;
import java.security.PublicKey;

/// A public key whose holder proved to have the private one; only [CsrChecker] makes one.
/// Immutable.
public final class CheckedKey {
  private final PublicKey key;
  private final byte[] spki;
  private final Sha256 spkiDigest;

  /// @param spki its SubjectPublicKeyInfo, as it is certified
  CheckedKey(PublicKey key, byte[] spki) {
    this.key = key;
    this.spki = spki.clone();
    this.spkiDigest = Sha256.of(spki);
  }

  /// A copy of the SubjectPublicKeyInfo.
  byte[] spki() {
    return spki.clone();
  }

  /// The key, an object of the checker's provider.
  public PublicKey key() {
    return key;
  }

  /// SHA-256 of the SubjectPublicKeyInfo. Each key has one encoding that is accepted, so equal
  /// digests mean equal keys: this is what "certified before" is looked up by.
  public Sha256 spkiDigest() {
    return spkiDigest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CheckedKey that && spkiDigest.equals(that.spkiDigest);
  }

  @Override
  public int hashCode() {
    return spkiDigest.hashCode();
  }

  @Override
  public String toString() {
    return key.getAlgorithm() + " key " + spkiDigest;
  }
}

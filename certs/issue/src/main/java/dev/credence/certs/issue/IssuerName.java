package dev.credence.certs.issue;

import org.bouncycastle.asn1.x500.X500Name;

/// How leaves refer to their authority. Immutable.
final class IssuerName {
  private final X500Name name;
  private final byte[] keyIdentifier;

  IssuerName(X500Name name, byte[] keyIdentifier) {
    this.name = name;
    this.keyIdentifier = keyIdentifier.clone();
  }

  X500Name name() {
    return name;
  }

  byte[] keyIdentifier() {
    return keyIdentifier.clone();
  }
}

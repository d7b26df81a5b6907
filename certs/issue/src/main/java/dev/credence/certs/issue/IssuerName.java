package dev.credence.certs.issue;

import java.io.IOException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;

/// How leaves refer to their authority, encoded once. Immutable.
final class IssuerName {
  private final X500Name name;
  private final Extension extension;

  IssuerName(X500Name name, byte[] keyIdentifier) {
    this.name = name;
    try {
      this.extension =
          Extension.create(
              Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifier));
    } catch (IOException e) {
      throw new IllegalStateException("authority key identifier: not encodable", e);
    }
  }

  X500Name name() {
    return name;
  }

  /// The authority key identifier.
  Extension asExtension() {
    return extension;
  }
}

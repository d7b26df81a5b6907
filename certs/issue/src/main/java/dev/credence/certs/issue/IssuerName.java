package dev.credence.certs.issue;

import java.io.IOException;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/// How leaves refer to their authority, encoded once. Immutable.
final class IssuerName {
  private final X500Name name;
  private final Extension extension;
  private final Optional<Extension> revocationPoint;

  /// @param lists where its revocation lists are, if leaves are to say it
  IssuerName(X500Name name, byte[] keyIdentifier, Optional<String> lists) {
    this.name = name;
    try {
      this.extension =
          Extension.create(
              Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifier));
    } catch (IOException e) {
      throw new IllegalStateException("authority key identifier: not encodable", e);
    }
    this.revocationPoint = lists.map(IssuerName::point);
  }

  private static Extension point(String url) {
    var names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, url));
    try {
      return Extension.create(
          Extension.cRLDistributionPoints,
          false,
          new CRLDistPoint(
              new DistributionPoint[] {
                new DistributionPoint(new DistributionPointName(names), null, null)
              }));
    } catch (IOException e) {
      throw new IllegalStateException("revocation point: not encodable", e);
    }
  }

  X500Name name() {
    return name;
  }

  /// The CRL distribution point.
  Optional<Extension> revocationPoint() {
    return revocationPoint;
  }

  /// The authority key identifier.
  Extension asExtension() {
    return extension;
  }
}

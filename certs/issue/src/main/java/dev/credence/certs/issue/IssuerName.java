package dev.credence.certs.issue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
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
  private final byte[] encodedName;
  private final byte[] encodedExtensions;

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
    Optional<Extension> point = lists.map(IssuerName::point);
    try {
      this.encodedName = name.getEncoded(ASN1Encoding.DER);
      byte[] first = extension.getEncoded(ASN1Encoding.DER);
      byte[] second = point.isPresent() ? point.get().getEncoded(ASN1Encoding.DER) : new byte[0];
      this.encodedExtensions = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, encodedExtensions, first.length, second.length);
    } catch (IOException e) {
      throw new IllegalStateException("issuer's name: not encodable", e);
    }
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

  /// Writes the name.
  void writeName(DerWriter out) {
    out.put(encodedName);
  }

  /// Writes what leaves say of it: the authority key identifier and, if there is one, the CRL
  /// distribution point.
  void writeExtensions(DerWriter out) {
    out.put(encodedExtensions);
  }

  /// The authority key identifier.
  Extension asExtension() {
    return extension;
  }
}

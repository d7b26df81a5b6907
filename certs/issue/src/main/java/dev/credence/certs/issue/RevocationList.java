package dev.credence.certs.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;

/// What a certificate revocation list is to say (RFC 5280, section 5).
///
/// @param number rises with each list of an authority
/// @param thisUpdate when it was made
/// @param nextUpdate until when it may be used
/// @param entries what is revoked
public record RevocationList(
    long number, Instant thisUpdate, Instant nextUpdate, List<Entry> entries) {

  /// Copies.
  public RevocationList {
    entries = List.copyOf(entries);
  }

  /// One certificate.
  ///
  /// @param serial lower-case hex
  /// @param at when it was revoked
  public record Entry(String serial, Instant at) {}

  /// Its DER.
  byte[] sign(IssuerName issuer, Signer signer) {
    var builder = new X509v2CRLBuilder(issuer.name(), Date.from(thisUpdate));
    builder.setNextUpdate(Date.from(nextUpdate));
    for (Entry entry : entries) {
      builder.addCRLEntry(new BigInteger(entry.serial, 16), Date.from(entry.at), 0);
    }
    try {
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      builder.addExtension(issuer.asExtension());
      return builder.build(signer).getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("revocation list: not encodable", e);
    }
  }
}

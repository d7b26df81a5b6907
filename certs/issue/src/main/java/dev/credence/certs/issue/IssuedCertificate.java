package dev.credence.certs.issue;

import dev.credence.certs.CertificateChain;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// What an authority issued, and read back from its DER. Immutable.
public final class IssuedCertificate {
  private final CertificateChain encoded;
  private final Particulars particulars;
  private final Sha256 spkiDigest;
  private final Id authority;

  /// @param encoded leaf first, without the root
  IssuedCertificate(
      CertificateChain encoded, Particulars particulars, Sha256 spkiDigest, Id authority) {
    this.encoded = encoded;
    this.particulars = particulars;
    this.spkiDigest = spkiDigest;
    this.authority = authority;
  }

  /// Leaf first, without the root.
  public CertificateChain encoded() {
    return encoded;
  }

  /// The certificate.
  public X509Certificate leaf() {
    return chain().getFirst();
  }

  /// Leaf first, without the root.
  public List<X509Certificate> chain() {
    return encoded.certificates();
  }

  /// The serial number in lower-case hex, two digits a byte, as OpenSSL prints it.
  public String serialHex() {
    BigInteger serial = particulars.serial();
    byte[] bytes = serial.toByteArray();
    int skip = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    return HexFormat.of().formatHex(bytes, skip, bytes.length);
  }

  /// Begin of validity.
  public Instant notBefore() {
    return particulars.notBefore();
  }

  /// End of validity.
  public Instant notAfter() {
    return particulars.notAfter();
  }

  /// SHA-256 of the certified key's SubjectPublicKeyInfo.
  public Sha256 spkiDigest() {
    return spkiDigest;
  }

  /// The id of the authority that signed it.
  public Id authority() {
    return authority;
  }
}

package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import dev.credence.certs.Certificates;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/// How SPIRE names authorities in selectors. Stateless.
final class CertificateNames {
  private CertificateNames() {}

  /// SHA-1 of the certificate, lower-case hex. A name by which rules that moved over from SPIRE
  /// find it; the authority itself was verified by its key.
  static String sha1(X509Certificate certificate) throws AttestationException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-1").digest(Certificates.toDer(certificate)));
    } catch (NoSuchAlgorithmException e) {
      throw new AttestationException("x509pop: this platform has no SHA-1 for names", e);
    }
  }
}

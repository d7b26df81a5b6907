package dev.credence.certs.issue;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// What an authority issued, read back from its DER. Immutable.
///
/// @param leaf the certificate
/// @param chain leaf first, without the root
/// @param serialHex the serial number in lower-case hex
/// @param notBefore begin of validity
/// @param notAfter end of validity
/// @param spkiDigest SHA-256 of the certified key's SubjectPublicKeyInfo
/// @param authority the id of the authority that signed it
public record IssuedCertificate(
    X509Certificate leaf,
    List<X509Certificate> chain,
    String serialHex,
    Instant notBefore,
    Instant notAfter,
    Sha256 spkiDigest,
    Id authority) {
  /// Copies the chain.
  public IssuedCertificate {
    chain = List.copyOf(chain);
  }
}

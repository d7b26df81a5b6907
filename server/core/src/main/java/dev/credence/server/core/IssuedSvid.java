package dev.credence.server.core;

import dev.credence.certs.CertificateChain;
import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A certificate for an execution.
///
/// @param encoded leaf first, without the root
public record IssuedSvid(
    Id execution,
    SpiffeId spiffeId,
    CertificateChain encoded,
    Instant notBefore,
    Instant notAfter) {

  /// Leaf first, without the root.
  public List<X509Certificate> chain() {
    return encoded.certificates();
  }
}

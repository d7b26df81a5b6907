package dev.credence.transport;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;

/// What a presented chain must be for a handshake to go on.
@FunctionalInterface
interface PeerCheck {
  void check(List<X509Certificate> chain) throws CertificateException;

  /// The same, and tells why before it refuses.
  default PeerCheck telling(Consumer<CertificateException> refused) {
    return chain -> {
      try {
        check(chain);
      } catch (CertificateException e) {
        refused.accept(e);
        throw e;
      }
    };
  }
}

package dev.credence.node;

import dev.credence.certs.X509Bundle;
import java.security.cert.X509Certificate;
import java.util.List;

/// What the server issued for the node itself.
///
/// @param chain leaf first, without the root
/// @param bundle of the trust domain
record NodeCertificate(List<X509Certificate> chain, X509Bundle bundle) {
  NodeCertificate {
    chain = List.copyOf(chain);
  }
}

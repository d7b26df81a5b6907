package dev.credence.node;

import dev.credence.certs.Id;
import java.security.cert.X509Certificate;
import java.util.List;

/// What the server issued for an execution.
///
/// @param chain leaf first, without the root
record Issued(Id execution, List<X509Certificate> chain) {
  Issued {
    chain = List.copyOf(chain);
  }
}

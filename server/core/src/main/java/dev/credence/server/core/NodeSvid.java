package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.List;

/// A node's own certificate.
///
/// @param chain leaf first, without the root
public record NodeSvid(Id node, SpiffeId spiffeId, List<X509Certificate> chain) {
  public NodeSvid {
    chain = List.copyOf(chain);
  }
}

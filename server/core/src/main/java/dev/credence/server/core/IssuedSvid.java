package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A certificate for an execution.
///
/// @param chain leaf first, without the root
public record IssuedSvid(
    Id execution,
    SpiffeId spiffeId,
    List<X509Certificate> chain,
    Instant notBefore,
    Instant notAfter) {
  public IssuedSvid {
    chain = List.copyOf(chain);
  }
}

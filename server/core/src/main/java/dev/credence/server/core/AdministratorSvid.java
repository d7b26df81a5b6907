package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.List;

/// An administrator's certificate.
///
/// @param chain leaf first, without the root
public record AdministratorSvid(Id administrator, SpiffeId spiffeId, List<X509Certificate> chain) {
  public AdministratorSvid {
    chain = List.copyOf(chain);
  }
}

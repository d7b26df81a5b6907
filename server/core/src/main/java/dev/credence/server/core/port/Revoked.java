package dev.credence.server.core.port;

import dev.credence.server.core.model.RevokedCertificate;

/// The log of forced ends, as certificates.
public interface Revoked extends RevokedReads {
  /// Adds it. One that is there already stays as it is.
  void add(RevokedCertificate certificate);
}

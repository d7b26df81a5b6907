package dev.credence.server.core.port;

import dev.credence.server.core.model.RevokedCertificate;

/// The log of forced ends, as certificates.
public interface Revoked extends RevokedReads {
  /// Adds it. One that is there already stays as it is. Some of those that expired more than a week
  /// before are forgotten.
  void add(RevokedCertificate certificate);
}

package dev.credence.server.core.model;

import java.util.Locale;

/// What an authority signs. The names are stored.
public enum AuthorityKind {
  /// Certificates: X.509-SVIDs and the SVIDs of nodes and servers.
  X509,
  /// JWT-SVIDs.
  JWT;

  /// The word in lists and on the command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.credence.server.core.model;

import java.util.Locale;

/// What an authority signs. The names are stored.
public enum AuthorityKind {
  X509;

  /// The word in lists and on the command line.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

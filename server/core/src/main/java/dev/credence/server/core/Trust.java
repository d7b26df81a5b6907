package dev.credence.server.core;

import dev.credence.certs.Sha256;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.JwtAuthorities;
import java.time.Duration;
import java.util.List;

/// The authorities that this server's certificates hang on. Thread-safe. There is one for now; with
/// rotation the bundle is replaced under its readers, and streams are told.
public final class Trust {
  private static final Duration REFRESH_HINT = Duration.ofMinutes(5);

  private final Authority authority;
  private final TrustBundle bundle;

  Trust(Authority authority, JwtAuthorities jwt) {
    this.authority = authority;
    this.bundle = new TrustBundle(1, REFRESH_HINT, authority.bundle(), jwt.trusted());
  }

  /// The newest bundle.
  public TrustBundle bundle() {
    return bundle;
  }

  /// Digests of the authorities' public keys: what a join token pins.
  public List<Sha256> pins() {
    return List.of(authority.pin());
  }

  Authority authority() {
    return authority;
  }
}

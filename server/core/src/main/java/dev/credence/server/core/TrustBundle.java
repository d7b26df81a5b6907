package dev.credence.server.core;

import dev.credence.certs.JwtBundle;
import dev.credence.certs.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/// The trust domain's authorities, numbered. Immutable.
///
/// @param sequence rises with each change
/// @param refreshHint how often a reader without a stream should look again
/// @param jwt those that sign JWT-SVIDs
/// @param taint what is to be renewed although it is still valid
public record TrustBundle(
    long sequence, Duration refreshHint, X509Bundle bundle, JwtBundle jwt, Taint taint) {
  /// Authorities of the bundle that are not to be relied on any more.
  ///
  /// @param authorities their certificates
  /// @param jwtKeys ids of JWT authorities
  /// @param renewWithin over how long renewals are spread
  public record Taint(
      List<X509Certificate> authorities, List<String> jwtKeys, Duration renewWithin) {
    /// Copies.
    public Taint {
      authorities = List.copyOf(authorities);
      jwtKeys = List.copyOf(jwtKeys);
    }

    /// Nothing is tainted.
    static Taint none() {
      return new Taint(List.of(), List.of(), Duration.ZERO);
    }
  }
}

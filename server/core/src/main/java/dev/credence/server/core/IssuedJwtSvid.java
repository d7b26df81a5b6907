package dev.credence.server.core;

import dev.credence.certs.SpiffeId;
import java.time.Instant;

/// A JWT-SVID that was issued for an execution. A bearer's: the token is never printed.
///
/// @param token JWS in compact form
public record IssuedJwtSvid(SpiffeId spiffeId, String token, Instant issuedAt, Instant expiry) {
  @Override
  public String toString() {
    return spiffeId + " (JWT until " + expiry + ")";
  }
}

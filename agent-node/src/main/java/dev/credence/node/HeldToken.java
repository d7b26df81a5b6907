package dev.credence.node;

import java.time.Instant;

/// A JWT-SVID of an execution. A bearer's: it is never printed.
///
/// @param renewAt from when on another one is asked for
record HeldToken(String token, Instant expiry, Instant renewAt) {
  boolean isFresh(Instant now) {
    return now.isBefore(renewAt) && isWorthSomething(now);
  }

  boolean isWorthSomething(Instant now) {
    return now.plus(JwtTokens.SHORTEST_REST).isBefore(expiry);
  }

  @Override
  public String toString() {
    return "token until " + expiry;
  }
}

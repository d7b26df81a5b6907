package dev.credence.node;

import java.time.Instant;

/// A JWT-SVID of an execution. A bearer's: it is never printed.
///
/// @param renewAt from when on another one is asked for
/// @param losses of authorities before it was signed
record HeldToken(String token, Instant expiry, Instant renewAt, long losses) {
  /// @param lostSoFar how many authorities were lost until now: it may be signed by one of them
  boolean isFresh(Instant now, long lostSoFar) {
    return now.isBefore(renewAt) && isWorthSomething(now, lostSoFar);
  }

  boolean isWorthSomething(Instant now, long lostSoFar) {
    return losses == lostSoFar && now.plus(JwtTokens.SHORTEST_REST).isBefore(expiry);
  }

  @Override
  public String toString() {
    return "token until " + expiry;
  }
}

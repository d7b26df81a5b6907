package dev.credence.certs.issue;

import dev.credence.certs.JwtSvid;

/// A JWT-SVID that was issued and checked. The token is a bearer's: it goes to the workload and
/// nowhere else. Immutable; never prints the token.
///
/// @param token the JWS in compact form
/// @param svid the same as a stranger reads it
public record IssuedJwt(String token, JwtSvid svid) {
  @Override
  public String toString() {
    return svid.toString();
  }
}

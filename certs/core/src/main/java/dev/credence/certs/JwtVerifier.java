package dev.credence.certs;

import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JwtException.Reason;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Verifies JWT-SVIDs (JWT-SVID, section 5 and appendix A) with exactly the JWT authorities of the
 * subject's trust domain. Thread-safe.
 *
 * <p>The algorithm is one of nine and must be the key's; header parameters that carry or point to
 * keys refuse the token. An expired token is refused without leeway; one from the future with one
 * of {@link #SKEW}, since two clocks are never the same.
 */
public final class JwtVerifier {
  /** How far ahead another clock may be. */
  public static final Duration SKEW = Duration.ofSeconds(60);

  private final Provider crypto;

  /**
   * A verifier that checks signatures with this provider where it knows the algorithm, and
   * otherwise with the platform's.
   */
  public JwtVerifier(Provider crypto) {
    this.crypto = crypto;
  }

  /**
   * Verifies a token.
   *
   * @param bundle of the trust domain that the subject must belong to
   * @param audience who asks: one of the token's audiences must be exactly this
   * @param now the time at which it must be valid
   * @throws JwtException with the reason, if it does not hold
   */
  public JwtSvid verify(String token, JwtBundle bundle, String audience, Instant now)
      throws JwtException {
    Jwt jwt = Jwt.parse(token);
    Members claims = jwt.claims();
    SpiffeId id = JwtClaims.subject(claims);
    if (!id.memberOf(bundle.trustDomain())) {
      throw new JwtException(
          Reason.TRUST_DOMAIN,
          "token of " + id + " (expected: trust domain " + bundle.trustDomain() + ")");
    }
    checkSignature(jwt, bundle);
    Instant expiry = JwtClaims.expiry(claims);
    checkTime(claims, expiry, now);
    List<String> audiences = JwtClaims.audiences(claims);
    if (audience.isEmpty() || !audiences.contains(audience)) {
      throw new JwtException(
          Reason.AUDIENCE,
          "token: aud lacks " + Printable.quoted(audience) + ", which is expected");
    }
    return new JwtSvid(id, audiences, expiry, ExecutionClaim.of(claims), claims);
  }

  private void checkSignature(Jwt jwt, JwtBundle bundle) throws JwtException {
    List<JwtKey> keys = candidates(jwt, bundle);
    List<JwtKey> fitting = keys.stream().filter(key -> jwt.jws().fits(key.key())).toList();
    if (fitting.isEmpty()) {
      throw new JwtException(
          Reason.KEY_MISMATCH,
          "token: alg " + jwt.algorithm() + " (expected: the one of the authority's key)");
    }
    if (fitting.stream().noneMatch(key -> jwt.isSignedBy(key, crypto))) {
      throw new JwtException(Reason.SIGNATURE, "token: the signature does not hold");
    }
  }

  /** The key that is named; without a name, which the standard allows, every one. */
  private static List<JwtKey> candidates(Jwt jwt, JwtBundle bundle) throws JwtException {
    Optional<String> id = jwt.keyId();
    List<JwtKey> keys = id.isPresent() ? bundle.key(id.get()).stream().toList() : bundle.keys();
    if (keys.isEmpty()) {
      throw new JwtException(
          Reason.UNKNOWN_KEY,
          "token: key "
              + id.map(Printable::quoted).orElse("of any name")
              + " (expected: a JWT authority of "
              + bundle.trustDomain()
              + ")");
    }
    return keys;
  }

  private static void checkTime(Members claims, Instant expiry, Instant now) throws JwtException {
    if (!now.isBefore(expiry)) {
      throw new JwtException(
          Reason.EXPIRED, "token: expired at " + expiry + " (expected: later than " + now + ")");
    }
    for (String name : List.of("nbf", "iat")) {
      Optional<Instant> from = JwtClaims.time(claims, name);
      if (from.isPresent() && from.get().isAfter(now.plus(SKEW))) {
        throw new JwtException(
            Reason.NOT_YET_VALID,
            "token: " + name + " " + from.get() + " (expected: not later than " + now + ")");
      }
    }
  }
}

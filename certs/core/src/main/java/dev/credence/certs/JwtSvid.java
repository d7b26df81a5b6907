package dev.credence.certs;

import dev.credence.certs.JsonValue.Members;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JWT-SVID that was verified; only {@link JwtVerifier} makes one, so a method that takes it
 * cannot be called with an unverified token. Immutable. It is a bearer's: whoever holds the token
 * passes for its subject until {@link #expiry()}, so it is no proof of possession.
 */
public final class JwtSvid {
  private final SpiffeId id;
  private final List<String> audiences;
  private final Instant expiry;
  private final @Nullable Instant issuedAt;
  private final @Nullable ExecutionFacts execution;
  private final Members claims;

  JwtSvid(
      SpiffeId id,
      List<String> audiences,
      Instant expiry,
      Optional<ExecutionFacts> execution,
      Members claims)
      throws JwtException {
    this.id = id;
    this.audiences = List.copyOf(audiences);
    this.expiry = expiry;
    this.issuedAt = JwtClaims.time(claims, "iat").orElse(null);
    this.execution = execution.orElse(null);
    this.claims = claims;
  }

  /** Its subject. */
  public SpiffeId id() {
    return id;
  }

  /** Everybody whom it is meant for; the one that was expected is among them. */
  public List<String> audiences() {
    return audiences;
  }

  /** From when on it is not valid any more. */
  public Instant expiry() {
    return expiry;
  }

  /** When it was issued, if it says so. */
  public Optional<Instant> issuedAt() {
    return Optional.ofNullable(issuedAt);
  }

  /** What it says about its execution, if it says so. */
  public Optional<ExecutionFacts> execution() {
    return Optional.ofNullable(execution);
  }

  /** All claims. */
  public Members claims() {
    return claims;
  }

  /** The id and the expiry, for logs; never the token. */
  @Override
  public String toString() {
    return id + " (JWT until " + expiry + ")";
  }
}

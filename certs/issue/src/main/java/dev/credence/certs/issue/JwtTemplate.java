package dev.credence.certs.issue;

import dev.credence.certs.Audiences;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// What a JWT-SVID is to say; all of it comes from the server's own records, only the audiences
/// from the request. Immutable; a template that contradicts itself cannot be made
/// (IllegalArgumentException).
///
/// @param id `/agent/{owner}/{name}` or `/service/{owner}/{name}`
/// @param audiences whom it is meant for, in order, see [Audiences]
/// @param execution the execution that it speaks of
/// @param tokenId the token's own id, never used before
/// @param period from when to when it is valid
public record JwtTemplate(
    SpiffeId id, List<String> audiences, ExecutionFacts execution, Id tokenId, Period period) {
  /// The longest lifetime that a template may ask for: a token is whoever's who holds it.
  public static final Duration MAX_TTL = Duration.ofHours(1);

  /// Whole seconds.
  public record Period(Instant issuedAt, Instant expiry) {
    /// Checks order, length and precision.
    public Period {
      boolean whole =
          issuedAt.equals(issuedAt.truncatedTo(ChronoUnit.SECONDS))
              && expiry.equals(expiry.truncatedTo(ChronoUnit.SECONDS));
      Duration ttl = Duration.between(issuedAt, expiry);
      if (!whole || ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(MAX_TTL) > 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "token from %s to %s (expected: whole seconds, 1 second to %s)",
                issuedAt,
                expiry,
                MAX_TTL));
      }
    }
  }

  /// Checks the identity and the audiences.
  public JwtTemplate {
    audiences = List.copyOf(audiences);
    Audiences.check(audiences);
    Identity identity = Identity.of(id).orElse(null);
    if (!(identity instanceof Identity.Agent || identity instanceof Identity.Service)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "token for %s (expected: an agent or service)", id));
    }
  }
}

package dev.credence.server.core;

import dev.credence.certs.issue.IssuedJwt;
import dev.credence.certs.issue.JwtAuthority;
import dev.credence.certs.issue.JwtTemplate;
import dev.credence.server.core.ServerException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Signs tokens with the JWT authority of the moment. Thread-safe.
final class JwtIssuer {
  private final Trust trust;
  private final Clock clock;
  private final CoreMetrics metrics;

  JwtIssuer(Trust trust, Clock clock, CoreMetrics metrics) {
    this.trust = trust;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// From now on, for as long as asked but not longer than the authority.
  ///
  /// @throws ServerException UNAVAILABLE while the authority may not sign
  JwtTemplate.Period period(Duration ttl) throws ServerException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    JwtAuthority.Life life = trust.signingJwt().life();
    Instant expiry = now.plus(ttl);
    Instant bounded = expiry.isBefore(life.notAfter()) ? expiry : life.notAfter();
    if (!life.includes(now) || !bounded.isAfter(now)) {
      throw new ServerException(
          Kind.UNAVAILABLE,
          Texts.format(
              "the JWT authority is valid from %s to %s (expected: now, %s): no token can be"
                  + " issued",
              life.notBefore(), life.notAfter(), now));
    }
    return new JwtTemplate.Period(now, bounded);
  }

  /// @param holder "agent" or "service"
  /// @throws ServerException UNAVAILABLE if the authority of the moment ends earlier
  IssuedJwt sign(JwtTemplate template, String holder) throws ServerException {
    long begin = System.nanoTime();
    JwtAuthority authority = trust.signingJwt();
    if (template.period().expiry().isAfter(authority.life().notAfter())) {
      throw new ServerException(
          Kind.UNAVAILABLE, "the JWT authority changed while the token was made: ask again");
    }
    IssuedJwt issued = authority.issue(template);
    metrics.jwtSvidIssued(holder, Duration.ofNanos(System.nanoTime() - begin));
    return issued;
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.CsrChecker;
import dev.credence.certs.issue.CsrException;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.port.View;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Checks requests for certificates, and signs. What it signs may leave only after the transaction
/// that records it was committed. Thread-safe.
final class Issuer {
  private final CsrChecker checker;
  private final Trust trust;
  private final Clock clock;
  private final CoreMetrics metrics;

  Issuer(CsrChecker checker, Trust trust, Clock clock, CoreMetrics metrics) {
    this.checker = checker;
    this.trust = trust;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// The key of a PKCS#10 request, whose possession it proves.
  CheckedKey check(byte[] csr) throws ServerException {
    try {
      return checker.check(csr);
    } catch (CsrException e) {
      throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /// @throws ServerException UNAVAILABLE while the authority's own certificate is not valid
  IssuedCertificate sign(SvidTemplate template, String holder) throws ServerException {
    return sign(trust.signing(), template, holder);
  }

  /// For the server itself.
  ///
  /// @param leaving not with this authority
  IssuedCertificate signOwn(SvidTemplate template, Optional<Id> leaving) throws ServerException {
    return sign(trust.forServer(leaving), template, "server");
  }

  /// True if what that authority signed need not be replaced.
  boolean isSound(Id authority) {
    return trust.own().stream()
        .anyMatch(known -> known.id().equals(authority) && known.state().isSound());
  }

  /// True if who signed it still signs: asked in the transaction that records it.
  static boolean stillSigns(View view, IssuedCertificate certificate) {
    return Trust.signs(view, certificate.authority());
  }

  private IssuedCertificate sign(Authority authority, SvidTemplate template, String holder)
      throws ServerException {
    long begin = System.nanoTime();
    Instant now = clock.instant();
    requireValid(authority, now);
    IssuedCertificate issued = authority.issue(template, now);
    metrics.svidIssued(holder, Duration.ofNanos(System.nanoTime() - begin));
    return issued;
  }

  private static void requireValid(Authority authority, Instant now) throws ServerException {
    Instant from = authority.certificate().getNotBefore().toInstant();
    Instant to = authority.certificate().getNotAfter().toInstant();
    if (now.isBefore(from) || !now.isBefore(to)) {
      throw new ServerException(
          Kind.UNAVAILABLE,
          Texts.format(
              "the authority is valid from %s to %s (expected: now, %s): nothing can be issued",
              from, to, now));
    }
  }
}

package dev.credence.certs.issue;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// What the authority itself decides about a certificate. Immutable.
///
/// @param serial the serial number
/// @param notBefore begin of validity, whole seconds
/// @param notAfter end of validity, whole seconds
record Particulars(BigInteger serial, Instant notBefore, Instant notAfter) {
  /// Peers whose clocks are a little behind accept a fresh certificate at once.
  static final Duration BACK_DATED = Duration.ofSeconds(30);

  /// Decides for an SVID that is issued now and never outlives its authority, at either end.
  static Particulars decide(
      BigInteger serial, Duration ttl, X509Certificate authority, Instant now) {
    Instant earliest = authority.getNotBefore().toInstant();
    Instant latest = authority.getNotAfter().toInstant();
    if (now.isBefore(earliest) || !now.isBefore(latest)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "authority valid from %s to %s cannot issue at %s",
              earliest,
              latest,
              now));
    }
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    Instant notBefore = second.minus(BACK_DATED);
    Instant notAfter = second.plus(ttl.truncatedTo(ChronoUnit.SECONDS));
    return new Particulars(
        serial,
        notBefore.isBefore(earliest) ? earliest : notBefore,
        notAfter.isAfter(latest) ? latest : notAfter);
  }
}

package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;

/**
 * What a bundle's certificate must look like to be used as an anchor. Path validation itself (RFC
 * 5280, section 6) does not look at an anchor's constraints; here a bundle's certificate is held to
 * what it says (X509-SVID, sections 3.2 and 4). Stateless.
 */
final class AuthorityProfile {
  private static final int KEY_CERT_SIGN = 5;

  private AuthorityProfile() {}

  /** Checks an anchor at a time, for a path with this many certificates between leaf and anchor. */
  static void check(X509Certificate authority, Instant now, int intermediates)
      throws SvidException {
    checkPeriod(authority, now, "authority");
    int pathLength = authority.getBasicConstraints();
    boolean[] usage = authority.getKeyUsage();
    if (pathLength < 0 || usage == null || !usage[KEY_CERT_SIGN]) {
      throw new SvidException(
          Reason.UNTRUSTED, "authority without cA or keyCertSign (expected: both)");
    }
    if (intermediates > pathLength) {
      throw new SvidException(
          Reason.UNTRUSTED,
          intermediates + " intermediates (expected: at most the authority's " + pathLength + ")");
    }
    if (authority.hasUnsupportedCriticalExtension()) {
      throw new SvidException(
          Reason.UNTRUSTED, "authority with an unknown critical extension (expected: none)");
    }
    // Not its own signature: trust in an anchor does not rest on that.
    Strength.checkKey(authority.getPublicKey());
  }

  /** Checks a validity period, both ends included (RFC 5280, section 4.1.2.5). */
  static void checkPeriod(X509Certificate certificate, Instant now, String what)
      throws SvidException {
    Date notBefore = certificate.getNotBefore();
    Date notAfter = certificate.getNotAfter();
    if (now.isBefore(notBefore.toInstant())) {
      throw new SvidException(
          Reason.NOT_YET_VALID,
          what + " not valid before " + notBefore.toInstant() + " (now: " + now + ")");
    }
    if (now.isAfter(notAfter.toInstant())) {
      throw new SvidException(
          Reason.EXPIRED, what + " expired " + notAfter.toInstant() + " (now: " + now + ")");
    }
  }
}

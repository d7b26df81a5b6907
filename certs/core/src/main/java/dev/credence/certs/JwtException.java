package dev.credence.certs;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * A token or a JWT bundle was refused. The reason is for programs, the message for people; a token
 * never stands in a message, and other untrusted text is escaped and cut.
 */
public final class JwtException extends GeneralSecurityException {
  private static final long serialVersionUID = 1L;

  /** Why it was refused. */
  public enum Reason {
    /** Longer than {@link Jwt#MAX_LENGTH}, or a bundle longer than its limit. */
    TOO_LARGE,
    /** Not a JWS in compact form, or not JSON. */
    MALFORMED,
    /** A header parameter that a JWT-SVID must not have. */
    HEADER,
    /** A critical header parameter: none is known. */
    CRITICAL,
    /** The header's {@code typ} is neither absent nor JWT nor JOSE. */
    TYPE,
    /** Not one of the nine algorithms. */
    ALGORITHM,
    /** The subject is not a SPIFFE ID. */
    SUBJECT,
    /** No bundle of the subject's trust domain. */
    TRUST_DOMAIN,
    /** No authority of the trust domain has that key. */
    UNKNOWN_KEY,
    /** The key is not of the algorithm's type or curve. */
    KEY_MISMATCH,
    /** The signature does not hold. */
    SIGNATURE,
    /** The expiry is missing or no time. */
    EXPIRY,
    /** It has expired. */
    EXPIRED,
    /** It is not valid yet. */
    NOT_YET_VALID,
    /** No audience, or not the expected one. */
    AUDIENCE,
    /** The claim about the execution is malformed. */
    EXECUTION,
    /** A key of a bundle is malformed, weak, private, or there twice. */
    KEY
  }

  /** Why it was refused. */
  private final Reason reason;

  JwtException(Reason reason, String message) {
    this(reason, message, null);
  }

  JwtException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it was refused. */
  public Reason reason() {
    return reason;
  }
}

package dev.credence.certs;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * A certificate, chain, bundle or key was refused. The reason is for programs, the message for
 * people; untrusted text in the message is escaped and cut.
 */
public final class SvidException extends GeneralSecurityException {
  private static final long serialVersionUID = 1L;

  /** Why it was refused. */
  public enum Reason {
    /** Not DER, not a certificate, not a key, too large, or followed by other bytes. */
    MALFORMED,
    /** No certificate was presented. */
    EMPTY_CHAIN,
    /** More certificates than a chain may have. */
    CHAIN_TOO_LONG,
    /** Not exactly one URI SAN, or it is no SPIFFE ID of a workload. */
    SPIFFE_ID,
    /** The leaf may sign certificates or revocation lists. */
    NOT_A_LEAF,
    /** The leaf lacks a critical key usage with digitalSignature. */
    KEY_USAGE,
    /** A key is too short, or a signature uses a broken digest. */
    WEAK,
    /** The bundle is another trust domain's. */
    TRUST_DOMAIN,
    /** The bundle has no authority: nothing of this trust domain is trusted. */
    EMPTY_BUNDLE,
    /** A certificate of the path is not valid yet. */
    NOT_YET_VALID,
    /** A certificate of the path is not valid any more. */
    EXPIRED,
    /** No path to an authority of the bundle holds. */
    UNTRUSTED,
    /** The execution extension is malformed. */
    EXECUTION,
    /** The private key is not the leaf's. */
    KEY_MISMATCH
  }

  /** Why it was refused. */
  private final Reason reason;

  SvidException(Reason reason, String message) {
    this(reason, message, null);
  }

  SvidException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it was refused. */
  public Reason reason() {
    return reason;
  }
}

package dev.credence.certs.issue;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/// A certificate request was refused. The reason is for programs and events, the message for
/// people.
public final class CsrException extends GeneralSecurityException {
  /// Why it was refused.
  public enum Reason {
    /// More bytes than a request may have.
    TOO_LARGE,
    /// Not exactly one PKCS#10 request in DER.
    MALFORMED,
    /// A key of a kind, curve, size or encoding that is not accepted.
    KEY,
    /// A signature algorithm that is not accepted, or not of the key's kind.
    ALGORITHM,
    /// The request is not signed by the key that it holds.
    SIGNATURE
  }

  private final Reason reason;

  CsrException(Reason reason, String message) {
    this(reason, message, null);
  }

  CsrException(Reason reason, String message, @Nullable Throwable cause) {
    super("certificate request: " + message, cause);
    this.reason = reason;
  }

  /// Why it was refused.
  public Reason reason() {
    return reason;
  }
}

package dev.credence.server.core.model;

import java.time.Instant;

/// A certificate that was withdrawn before its end.
///
/// @param serial lower-case hex
/// @param ofNode a node's own, not one of an execution or an administrator
public record RevokedCertificate(String serial, Instant at, Instant notAfter, boolean ofNode) {
  /// Of an execution or an administrator.
  public RevokedCertificate(String serial, Instant at, Instant notAfter) {
    this(serial, at, notAfter, false);
  }
}

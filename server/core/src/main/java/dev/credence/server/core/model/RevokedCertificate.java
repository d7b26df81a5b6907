package dev.credence.server.core.model;

import java.time.Instant;

/// A certificate that was withdrawn before its end.
///
/// @param serial lower-case hex
public record RevokedCertificate(String serial, Instant at, Instant notAfter) {}

package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import java.time.Instant;

/// A name under an owner that nobody gets again.
///
/// @param owner under whom
/// @param subject who had it
public record SpentName(Id owner, SubjectKind kind, Name name, Id subject, Why why, Instant at) {
  /// What spends a name.
  public enum Why {
    RETIRED,
    TRANSFERRED
  }
}

package dev.credence.server.core.model;

import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Optional;

/// One run of one agent or service on one attested process.
public record Execution(
    Id id,
    ExecutionKind kind,
    Host host,
    Attestation attestation,
    Instant beganAt,
    Optional<End> end) {

  /// Whose run, through which registration, on which node.
  public record Host(Id subjectId, Id registrationId, Id nodeId) {}

  /// When and why it ended. Ended is final.
  public record End(Instant at, String reason) {}

  /// True while it runs.
  public boolean running() {
    return end.isEmpty();
  }
}

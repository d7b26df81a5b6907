package dev.credence.server.core.model;

import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Optional;

/// What keeps an agent or service from a node after a forced end. In attach mode descent can be
/// shed, so it is never one process that is barred but every one of that agent on that node.
///
/// @param lifted empty while it is in force
public record Bar(Id id, Scope scope, Decision set, Optional<Decision> lifted) {

  /// Who is barred where.
  ///
  /// @param executionId whose revocation set it
  public record Scope(Id subjectId, Id nodeId, Id executionId) {}

  /// Who decided it, when and why.
  ///
  /// @param by label of the [Actor]
  /// @param reason for people; may be empty
  public record Decision(Instant at, String by, String reason) {}

  /// The same, lifted.
  public Bar lifted(Decision decision) {
    return new Bar(id, scope, set, Optional.of(decision));
  }
}

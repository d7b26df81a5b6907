package dev.credence.server.core.model;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Set;

/// One set of selectors, all of which must be attested, that leads to a subject.
///
/// @param byRegistrar a registrar gave it: then bars count for it that an operator set on others
/// @param minimum what this set demands; the governance record's demands count beside it
public record Registration(
    Id id,
    Id subjectId,
    Set<Selector> selectors,
    NodeSelection nodes,
    Instant createdAt,
    boolean byRegistrar,
    Governance.Assurance minimum) {
  public Registration {
    selectors = Set.copyOf(selectors);
    if (selectors.isEmpty()) {
      throw new IllegalArgumentException("selectors: none (expected: at least one)");
    }
  }

  /// Given by an operator or at the local socket.
  public Registration(
      Id id, Id subjectId, Set<Selector> selectors, NodeSelection nodes, Instant createdAt) {
    this(id, subjectId, selectors, nodes, createdAt, false);
  }

  /// Of no demands of its own.
  public Registration(
      Id id,
      Id subjectId,
      Set<Selector> selectors,
      NodeSelection nodes,
      Instant createdAt,
      boolean byRegistrar) {
    this(id, subjectId, selectors, nodes, createdAt, byRegistrar, Governance.Assurance.NONE);
  }
}

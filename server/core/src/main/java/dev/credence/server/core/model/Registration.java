package dev.credence.server.core.model;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Set;

/// One set of selectors, all of which must be attested, that leads to a subject.
public record Registration(
    Id id, Id subjectId, Set<Selector> selectors, NodeSelection nodes, Instant createdAt) {
  public Registration {
    selectors = Set.copyOf(selectors);
    if (selectors.isEmpty()) {
      throw new IllegalArgumentException("selectors: none (expected: at least one)");
    }
  }
}

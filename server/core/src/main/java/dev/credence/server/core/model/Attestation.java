package dev.credence.server.core.model;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Everything a node read of a process when it attested it.
public record Attestation(
    ProcessSeen process, List<Evidence> evidence, CodeAssurance code, Isolation isolation) {
  public Attestation {
    evidence = List.copyOf(evidence);
  }

  /// The selectors alone.
  public Set<Selector> selectors() {
    return evidence.stream().map(Evidence::selector).collect(Collectors.toUnmodifiableSet());
  }
}

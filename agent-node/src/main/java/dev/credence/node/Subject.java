package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import java.util.Optional;

/// An agent or service, as far as a node needs to know it.
///
/// @param outlivesProcess its executions end with their SVID, whatever becomes of the process
/// @param withheld why it has no identity now: "subject-suspended"; empty: it has
record Subject(
    Id id, SubjectKind kind, SpiffeId spiffeId, boolean outlivesProcess, String withheld) {
  private static final String AGENTS = "/agent/";

  Subject(Id id, SubjectKind kind, SpiffeId spiffeId) {
    this(id, kind, spiffeId, false, "");
  }

  boolean isWithheld() {
    return !withheld.isEmpty();
  }

  /// OWNER/NAME; empty: it is no agent.
  Optional<String> agent() {
    String path = spiffeId.path();
    return kind == SubjectKind.AGENT && path.startsWith(AGENTS)
        ? Optional.of(path.substring(AGENTS.length()))
        : Optional.empty();
  }
}

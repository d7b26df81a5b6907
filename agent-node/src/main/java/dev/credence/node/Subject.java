package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;

/// An agent or service, as far as a node needs to know it.
///
/// @param withheld why it has no identity now: "subject-suspended"; empty: it has
record Subject(Id id, SubjectKind kind, SpiffeId spiffeId, String withheld) {
  Subject(Id id, SubjectKind kind, SpiffeId spiffeId) {
    this(id, kind, spiffeId, "");
  }

  boolean isWithheld() {
    return !withheld.isEmpty();
  }
}

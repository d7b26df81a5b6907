package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import java.util.Comparator;

/// A registration together with the agent or service it leads to: what a node needs to know of it.
///
/// @param withheld why it leads there no more, if so
public record RegistryEntry(Subject subject, Registration registration, Withheld withheld) {
  /// In order of creation, for a stable order of several identities.
  static final Comparator<RegistryEntry> BY_CREATION =
      Comparator.comparing((RegistryEntry entry) -> entry.registration.createdAt())
          .thenComparing(RegistryEntry::id);

  /// Of an active owner.
  public RegistryEntry(Subject subject, Registration registration) {
    this(subject, registration, Withheld.of(subject.state(), OwnerState.ACTIVE));
  }

  /// What a process must reach: the higher of what the registration and what the governance record
  /// demand.
  public Governance.Assurance minimum() {
    return subject.governance().minimum().and(registration.minimum());
  }

  /// Of the registration.
  public Id id() {
    return registration.id();
  }

  /// Number of the last change of the subject or of one of its registrations.
  public long revision() {
    return subject.revision();
  }
}

package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import java.time.Instant;

/// Agents and services, and the registrations that lead to them.
public interface Subjects extends SubjectReads {
  void insert(Subject subject);

  void insert(Registration registration);

  /// Replaces owner, state, revision, profile and governance record of the one with that id.
  void update(Subject subject);

  /// Whether who is above a registrar suspended it.
  void hold(Id subject, boolean held);

  /// Nothing leads through it any more; no query finds it.
  void remove(Registration registration, Instant at);

  /// Never again (checked by the caller; a second use violates a constraint).
  void insert(SpentName name);
}

package dev.credence.server.core.port;

import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;

/// Agents and services, and the registrations that lead to them.
public interface Subjects extends SubjectReads {
  void insert(Subject subject);

  void insert(Registration registration);
}

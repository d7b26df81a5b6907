package dev.credence.server.core;

import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import java.util.List;

/// An agent or service as it is shown.
///
/// @param registrations in order of creation
public record SubjectView(Subject subject, SpiffeId spiffeId, List<Registration> registrations) {
  public SubjectView {
    registrations = List.copyOf(registrations);
  }
}

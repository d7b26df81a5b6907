package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import java.util.List;

/// One agent or service in a change.
///
/// @param after still under its old revision
/// @param registrations all that it has afterwards
/// @param what the event that says so
record SubjectStep(
    Subject before,
    Subject after,
    List<Registration> registrations,
    Withheld withheld,
    List<Fate> fates,
    What what) {
  SubjectStep {
    registrations = List.copyOf(registrations);
    fates = List.copyOf(fates);
  }

  record What(EventKind kind, Details details) {}

  List<Affected> affected() {
    return fates.stream().map(fate -> fate.of(after)).toList();
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Subject;
import java.util.Optional;

/// What becomes of one running execution.
///
/// @param reason of an end
/// @param through the registration by which it goes on, if that is another one
record Fate(Execution execution, Effect effect, String reason, Optional<Id> through) {
  static Fate ends(Execution execution, String reason) {
    return new Fate(execution, Effect.ENDS, reason, Optional.empty());
  }

  static Fate renews(Execution execution) {
    return new Fate(execution, Effect.RENEWS, "", Optional.empty());
  }

  static Fate stays(Execution execution) {
    return new Fate(execution, Effect.STAYS, "", Optional.empty());
  }

  static Fate moves(Execution execution, Id registration) {
    return new Fate(execution, Effect.MOVES, "", Optional.of(registration));
  }

  Affected of(Subject subject) {
    return new Affected(
        execution.id(),
        SubjectDetails.thing(subject),
        execution.host().nodeId(),
        execution.attestation().process().mark().instance().pid(),
        effect,
        reason);
  }
}

package dev.credence.node;

import dev.credence.certs.Id;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a process holds and is not entitled to any more. For one look at one process.
///
/// @param unclear what cannot be said now ends nothing
record Losses(Registry registry, Attestation attestation, Unclear unclear) {

  /// Ends what does not go on.
  ///
  /// @param matches what goes on
  void endOthers(List<Match> matches, HeldExecutions held) {
    Map<Id, Match> bySubject =
        matches.stream().collect(Collectors.toMap(Match::subjectId, Function.identity()));
    for (HeldExecution execution : held.all()) {
      Match match = bySubject.get(execution.subjectId());
      if (match == null && isWithheld(execution)) {
        held.forget(execution.id()); // the server has ended it
      } else if (match == null && !unclear.concerns(execution)) {
        held.end(execution.subjectId(), LossReason.of(execution, registry, attestation));
      } else if (match != null && !execution.isOf(match.registration().subject())) {
        // It has another name now, or ends with something else; the server has ended the old one.
        held.forget(execution.id());
      }
    }
  }

  private boolean isWithheld(HeldExecution execution) {
    return registry.withheld().stream()
        .anyMatch(one -> one.subject().id().equals(execution.subjectId()));
  }
}

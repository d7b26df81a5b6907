package dev.credence.node;

import java.util.List;
import java.util.stream.Collectors;

/// What people are told of a process that matches, but whose agent or service is suspended or
/// retired. Pure.
final class Withheld {
  private Withheld() {}

  /// Registrations that lead to the process, and to no identity now.
  static List<Match> of(Registry registry, Attestation attestation) {
    return Entitlements.of(registry.withheld(), attestation);
  }

  /// For the server's events: why a process has no identity. The process itself learns only that.
  /// With how it could be registered, unless it is registered already.
  static Refusal.Told told(Registry registry, Attestation attestation) {
    String all =
        of(registry, attestation).stream()
            .map(match ->
                match.registration().subject().spiffeId()
                    + ": "
                    + match.registration().subject().withheld())
            .collect(Collectors.joining(", "));
    return all.isEmpty()
        ? new Refusal.Told(Evaluation.NO_IDENTITY, "", Suggestion.of(attestation))
        : Refusal.Told.of(all);
  }
}

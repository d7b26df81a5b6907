package dev.credence.node;

import java.util.List;

/// What people are told of a process that matches, but whose agent or service is suspended or
/// retired. Pure.
final class Withheld {
  private Withheld() {}

  /// Registrations that lead to the process, and to no identity now.
  static List<Match> of(Registry registry, Attestation attestation) {
    return Entitlements.of(registry.withheld(), attestation);
  }
}

package dev.credence.attestors;

import java.util.List;

/// What an attestor found out about a process.
///
/// @param evidence what it vouches for
/// @param gaps what was wanted, but could not be vouched for; it counts as absent
public record Attested(List<Evidence> evidence, List<Gap> gaps) {
  public Attested {
    evidence = List.copyOf(evidence);
    gaps = List.copyOf(gaps);
  }

  /// A property that is missing, and why, for people: `credence explain` shows it.
  ///
  /// @param kind `type:name`
  /// @param reason one clause
  /// @param passing it could not be found out now, which says nothing about the process: whoever
  ///   needs this property is to ask again
  public record Gap(String kind, String reason, boolean passing) {
    /// A property that the process does not have, or of which nothing can be believed.
    public Gap(String kind, String reason) {
      this(kind, reason, false);
    }
  }
}

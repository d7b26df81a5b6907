package dev.credence.server.core;

import dev.credence.server.core.model.RequestId;
import java.util.Map;
import java.util.Optional;

/// How a set of declarations is asked for.
///
/// @param request empty only in a dry run
/// @param reason why, for the events; may be empty
/// @param dryRun say what would change; change nothing
/// @param scope what belongs to whom
/// @param expected the plan that must come out; else nothing is changed
public record ApplyAsk(
    Optional<RequestId> request, String reason, boolean dryRun, Scope scope, Expected expected) {

  /// @param set what is created belongs to this set from then on; empty: to none
  /// @param prune retire agents and services of the set that are not declared any more
  /// @param adopt what belongs to no set, or to another one, belongs to this one from now on
  public record Scope(String set, boolean prune, boolean adopt) {}

  /// @param plan as [ApplyReport#plan()]; empty: whatever comes out
  /// @param revisions by thing, as they were when the plan was told; 0: there was none
  public record Expected(String plan, Map<String, Long> revisions) {
    public Expected {
      revisions = Map.copyOf(revisions);
    }

    /// Whatever comes out.
    public static Expected anything() {
      return new Expected("", Map.of());
    }
  }
}

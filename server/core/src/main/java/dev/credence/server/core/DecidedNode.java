package dev.credence.server.core;

import java.time.Instant;
import java.util.Optional;

/// What a decision about a node did.
///
/// @param ended how many executions ended with it
/// @param already it was so before: nothing was changed, and there is no event
public record DecidedNode(NodeView node, int ended, Optional<Already> already) {
  /// @param since empty: since it joined
  public record Already(Optional<Instant> since) {}
}

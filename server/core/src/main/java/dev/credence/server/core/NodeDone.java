package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.DecidedNode.Already;
import java.util.Optional;

/// What is remembered of a decision about a node, for who asks again.
///
/// @param ended how many executions ended with it
/// @param already it was so before
record NodeDone(Id node, int ended, Optional<Already> already) {
  NodeDone(Id node, int ended) {
    this(node, ended, Optional.empty());
  }
}

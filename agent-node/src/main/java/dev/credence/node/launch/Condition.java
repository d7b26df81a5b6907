package dev.credence.node.launch;

import dev.credence.platform.linux.UnattestableException;
import java.util.Optional;

/// What must stay true of a launched program beside what holds for all of them. Thread-safe.
@FunctionalInterface
interface Condition {
  /// For programs of which nothing more can change: the node's copy is root's.
  Condition NONE = _ -> Optional.empty();

  /// Why it is not true any more; empty: it is.
  ///
  /// @throws UnattestableException if the process is gone, or cannot be looked at
  Optional<String> broken(int pid) throws UnattestableException;
}

package dev.credence.attestors.container;

import dev.credence.attestors.NoAnswerException;
import java.util.Optional;

/// A container engine that can be asked. Thread-safe.
interface Engine {
  /// Which containers it can have made.
  EngineKind kind();

  /// Asks for a container; blocks for a bounded time.
  ///
  /// @return empty if the engine knows none of that id
  /// @throws NoAnswerException if there is no answer that can be used
  Optional<Container> find(ContainerId id) throws NoAnswerException;
}

package dev.credence.node;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// What the node has heard from the server about registrations. One writer (the sync stream), many
/// readers.
final class Knowledge {
  private final AtomicReference<Optional<Registry>> registry =
      new AtomicReference<>(Optional.empty());

  /// Empty until the server has told everything once.
  Optional<Registry> registry() {
    return registry.get();
  }

  /// @throws GapException if the change doesn't follow on what is known
  void apply(RegistryChange change) throws GapException {
    registry.set(Optional.of(Registry.after(registry.get(), change)));
  }
}

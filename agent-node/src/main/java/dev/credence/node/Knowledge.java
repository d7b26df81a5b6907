package dev.credence.node;

import dev.credence.certs.Id;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// What the node has heard from the server about registrations. One writer (the sync stream), many
/// readers.
final class Knowledge {
  private final AtomicReference<Optional<Registry>> registry =
      new AtomicReference<>(Optional.empty());
  private volatile boolean shutOut;
  private final AtomicReference<Map<Id, Bar>> bars = new AtomicReference<>(Map.of());

  /// Empty until the server has told everything once.
  Optional<Registry> registry() {
    return registry.get();
  }

  /// True while the server does not accept this node: nothing that it holds is in force.
  boolean isShutOut() {
    return shutOut;
  }

  void shutOut(boolean value) {
    shutOut = value;
  }

  /// What is barred on this node, by agent or service.
  Map<Id, Bar> bars() {
    return bars.get();
  }

  /// These and no others.
  void bars(List<Bar> inForce) {
    bars.set(
        inForce.stream()
            .collect(Collectors.toUnmodifiableMap(Bar::subject, bar -> bar, (a, _) -> a)));
  }

  /// @throws GapException if the change doesn't follow on what is known
  void apply(RegistryChange change) throws GapException {
    registry.set(Optional.of(Registry.after(registry.get(), change)));
  }
}

package dev.credence.node;

import dev.credence.certs.Id;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
  private final AtomicReference<Optional<ShutOut>> shutOut =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<Away>> away = new AtomicReference<>(Optional.empty());
  private final AtomicReference<Map<Id, Bar>> bars = new AtomicReference<>(Map.of());

  /// Empty until the server has told everything once.
  Optional<Registry> registry() {
    return registry.get();
  }

  /// The server is not reached.
  ///
  /// @param since when it was last, or since this daemon tries
  /// @param why of the newest attempt
  record Away(Instant since, String why) {
    /// To the second, as people read it.
    Away {
      since = since.truncatedTo(ChronoUnit.SECONDS);
    }
  }

  /// Why, while the server does not accept this node: nothing that it holds is in force.
  Optional<ShutOut> shutOut() {
    return shutOut.get();
  }

  void shutOut(Optional<ShutOut> why) {
    shutOut.set(why);
  }

  /// Empty while the server is reached, or was not tried yet.
  Optional<Away> away() {
    return away.get();
  }

  /// An attempt to reach it failed, or the stream broke.
  void serverAway(Instant now, String why) {
    away.updateAndGet(before -> Optional.of(new Away(before.map(Away::since).orElse(now), why)));
  }

  void serverReached() {
    away.set(Optional.empty());
  }

  /// This machine is another node now, of which nothing is known yet.
  void forgetAll() {
    registry.set(Optional.empty());
    bars.set(Map.of());
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

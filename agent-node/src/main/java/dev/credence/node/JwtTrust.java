package dev.credence.node;

import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtKey;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// The JWT authorities of the trust domain, as the server told them last. Kept in memory only: the
/// server tells them before anything else can be answered. Thread-safe.
final class JwtTrust {
  private final AtomicReference<Told> told =
      new AtomicReference<>(new Told(Optional.empty(), Set.of(), 0));

  /// @param sound ids of the authorities that are not tainted
  /// @param losses how often one of them was not among them any more
  private record Told(Optional<JwtBundle> bundle, Set<String> sound, long losses) {}

  /// Empty until the server has told.
  Optional<JwtBundle> bundle() {
    return told.get().bundle;
  }

  /// Rises when an authority is tainted or withdrawn: what was signed before may be by that one.
  long losses() {
    return told.get().losses;
  }

  /// True if that is another bundle than before.
  boolean become(JwtBundle newest, Collection<String> tainted) {
    Set<String> sound =
        newest.keys().stream()
            .map(JwtKey::id)
            .filter(id -> !tainted.contains(id))
            .collect(Collectors.toUnmodifiableSet());
    Told before =
        told.getAndUpdate(last ->
            new Told(
                Optional.of(newest),
                sound,
                sound.containsAll(last.sound) ? last.losses : last.losses + 1));
    return !before.bundle.equals(Optional.of(newest));
  }
}

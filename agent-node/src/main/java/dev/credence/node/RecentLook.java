package dev.credence.node;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What was attested of a process a moment ago, and what follows from it (which depends on nothing
/// else, and took an eighth of a call). Streams that open in quick succession are served by it,
/// each after it was made sure that the process is still the same one. It holds far shorter than
/// the interval at which open streams are re-checked, so it weakens nothing. Confined to one
/// process's pump.
final class RecentLook {
  private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  private @Nullable Look last;

  private record Look(Seen seen, Registry registry, long at) {}

  /// @param matches [Entitlements] of the attestation
  /// @param unclear what else may lead to it
  record Seen(Attestation attestation, List<Match> matches, Unclear unclear) {
    static Seen of(Attestation attestation, Registry registry) {
      return new Seen(
          attestation,
          Entitlements.of(registry.registrations(), attestation),
          Unclear.of(registry.registrations(), attestation));
    }
  }

  /// What is unclear is looked at again.
  void keep(Seen seen, Registry registry) {
    last = seen.unclear().isNone() ? new Look(seen, registry, System.nanoTime()) : null;
  }

  /// Empty if it is too old, or other properties are wanted now.
  Optional<Seen> ifStillGood(Registry registry) {
    Look look = last;
    if (look == null
        || !look.registry.cursor().equals(registry.cursor())
        || System.nanoTime() - look.at >= GOOD_NANOS) {
      return Optional.empty();
    }
    return Optional.of(look.seen);
  }
}

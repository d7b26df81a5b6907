package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// How fast one node may ask for what costs a signature or a write: a bucket of tokens each, asked
/// before anything is checked. Thread-safe.
final class NodeRates {
  private static final double NANOS = 1e9;

  private final CoreSettings.Limits limits;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Id, Bucket> buckets = new HashMap<>();

  NodeRates(CoreSettings.Limits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  private record Bucket(double tokens, Instant asOf) {}

  /// Takes a token.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Id node) throws ServerException {
    Instant now = clock.instant();
    lock.lock();
    try {
      double tokens = tokens(buckets.get(node), now);
      if (tokens >= 1) {
        buckets.put(node, new Bucket(tokens - 1, now));
        return;
      }
    } finally {
      lock.unlock();
    }
    throw new ServerException(
        Kind.EXHAUSTED,
        Texts.format(
            "node %s: too many calls (expected: at most %d per second, %d at once)",
            node, limits.callsPerSecond(), limits.callsAtOnce()));
  }

  /// Forgets who was quiet for long enough.
  void forgetFull() {
    Instant now = clock.instant();
    lock.lock();
    try {
      buckets.values().removeIf(bucket -> tokens(bucket, now) >= limits.callsAtOnce());
    } finally {
      lock.unlock();
    }
  }

  // A clock that was set back adds nothing, and takes nothing.
  private double tokens(@Nullable Bucket bucket, Instant now) {
    if (bucket == null) {
      return limits.callsAtOnce();
    }
    double seconds = Math.max(0, Duration.between(bucket.asOf, now).toNanos() / NANOS);
    return Math.min(limits.callsAtOnce(), bucket.tokens + seconds * limits.callsPerSecond());
  }
}

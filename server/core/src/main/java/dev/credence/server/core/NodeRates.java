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

  private final Rate rate;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Id, Bucket> buckets = new HashMap<>();

  /// Calls that cost a signature or a write.
  NodeRates(CoreSettings.Limits limits, Clock clock) {
    this(new Rate(limits.callsPerSecond(), limits.callsAtOnce(), "calls"), clock);
  }

  NodeRates(Rate rate, Clock clock) {
    this.rate = rate;
    this.clock = clock;
  }

  /// @param perSecond sustained
  /// @param atOnce after a quiet time
  /// @param what is counted, for people
  record Rate(int perSecond, int atOnce, String what) {}

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
            "node %s: too many %s (expected: at most %d per second, %d at once)",
            node, rate.what, rate.perSecond, rate.atOnce));
  }

  /// Forgets who was quiet for long enough.
  void forgetFull() {
    Instant now = clock.instant();
    lock.lock();
    try {
      buckets.values().removeIf(bucket -> tokens(bucket, now) >= rate.atOnce);
    } finally {
      lock.unlock();
    }
  }

  // A clock that was set back adds nothing, and takes nothing.
  private double tokens(@Nullable Bucket bucket, Instant now) {
    if (bucket == null) {
      return rate.atOnce;
    }
    double seconds = Math.max(0, Duration.between(bucket.asOf, now).toNanos() / NANOS);
    return Math.min(rate.atOnce, bucket.tokens + seconds * rate.perSecond);
  }
}

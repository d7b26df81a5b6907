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

  /// @param count sustained, in each `per`
  /// @param atOnce after a quiet time
  /// @param what is counted, for people
  /// @param remedy what to do, for people; may be empty
  record Rate(int count, Duration per, int atOnce, String what, String remedy) {
    Rate(int perSecond, int atOnce, String what) {
      this(perSecond, Duration.ofSeconds(1), atOnce, what, "");
    }

    private double perSecond() {
      return count * NANOS / per.toNanos();
    }

    private String text() {
      String period = per.equals(Duration.ofSeconds(1)) ? "second" : Durations.text(per);
      return Texts.format(
          "at most %d per %s, %d at once%s",
          count, period, atOnce, remedy.isEmpty() ? "" : "; " + remedy);
    }
  }

  private record Bucket(double tokens, Instant asOf) {}

  /// Takes a token.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Id node) throws ServerException {
    enter(node, node);
  }

  /// The same where a node has more than one bucket.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Id bucket, Id node) throws ServerException {
    Instant now = clock.instant();
    lock.lock();
    try {
      double tokens = tokens(buckets.get(bucket), now);
      if (tokens >= 1) {
        buckets.put(bucket, new Bucket(tokens - 1, now));
        return;
      }
    } finally {
      lock.unlock();
    }
    throw new ServerException(
        Kind.EXHAUSTED,
        Texts.format("node %s: too many %s (expected: %s)", node, rate.what, rate.text()));
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
    return Math.min(rate.atOnce, bucket.tokens + seconds * rate.perSecond());
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// How fast one node may ask for what costs a signature or a write: asked before anything is
/// checked. Thread-safe.
final class NodeRates {
  private final Rate rate;
  private final TokenBuckets<Id> buckets;

  /// Calls that cost a signature or a write.
  NodeRates(CoreSettings.Limits limits, Clock clock) {
    this(new Rate(limits.callsPerSecond(), limits.callsAtOnce(), "calls"), clock);
  }

  NodeRates(Rate rate, Clock clock) {
    this.rate = rate;
    this.buckets =
        new TokenBuckets<>(rate.bucket(), TokenBuckets.Bound.none(), () -> nanos(clock.instant()));
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  /// @param count sustained, in each `per`
  /// @param atOnce after a quiet time
  /// @param what is counted, for people
  /// @param remedy what to do, for people; may be empty
  record Rate(int count, Duration per, int atOnce, String what, String remedy) {
    Rate(int perSecond, int atOnce, String what) {
      this(perSecond, Duration.ofSeconds(1), atOnce, what, "");
    }

    private TokenBuckets.Rate bucket() {
      return new TokenBuckets.Rate(count, per, atOnce);
    }

    private String text() {
      String period = per.equals(Duration.ofSeconds(1)) ? "second" : Durations.text(per);
      return Texts.format(
          "at most %d per %s, %d at once%s",
          count, period, atOnce, remedy.isEmpty() ? "" : "; " + remedy);
    }
  }

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
    if (!buckets.take(bucket)) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format("node %s: too many %s (expected: %s)", node, rate.what, rate.text()));
    }
  }

  /// Forgets who was quiet for long enough.
  void forgetFull() {
    buckets.forgetFull();
  }
}

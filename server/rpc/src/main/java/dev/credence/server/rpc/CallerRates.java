package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How fast one key of an administrator over the network may call, from however many addresses: a
/// bucket of tokens each. Who may call at all is asked afterwards, of the database. Nodes have
/// their own, in the core; the local socket has none. Thread-safe.
final class CallerRates {
  private static final double NANOS = 1e9;
  private static final int MANY = 1000;

  /// Calls per second, sustained, and how many at once after a quiet time.
  record Rate(int perSecond, int atOnce) {}

  private final Rate rate;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Bucket> buckets = new HashMap<>();

  /// @param nanos a clock that never steps back
  CallerRates(Rate rate, LongSupplier nanos) {
    this.rate = rate;
    this.nanos = nanos;
  }

  static CallerRates standard(LongSupplier nanos) {
    return new CallerRates(new Rate(50, 500), nanos);
  }

  private record Bucket(double tokens, long asOf) {}

  /// Takes a token.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Caller caller) throws ServerException {
    if (caller.kind() == CallerKind.ADMINISTRATOR && !take(caller.share())) {
      throw new ServerException(
          Kind.EXHAUSTED,
          caller.actor().label()
              + ": too many calls (expected: at most "
              + rate.perSecond
              + " per second, "
              + rate.atOnce
              + " at once)");
    }
  }

  // There are as many buckets as keys in certificates that we signed; full ones need not be kept.
  private boolean take(String share) {
    long now = nanos.getAsLong();
    lock.lock();
    try {
      double tokens = tokens(buckets.get(share), now);
      if (tokens < 1) {
        return false;
      }
      if (buckets.size() >= MANY) {
        buckets.values().removeIf(bucket -> tokens(bucket, now) >= rate.atOnce);
      }
      buckets.put(share, new Bucket(tokens - 1, now));
      return true;
    } finally {
      lock.unlock();
    }
  }

  private double tokens(@Nullable Bucket bucket, long now) {
    return bucket == null
        ? rate.atOnce
        : Math.min(rate.atOnce, bucket.tokens + (now - bucket.asOf) / NANOS * rate.perSecond);
  }
}

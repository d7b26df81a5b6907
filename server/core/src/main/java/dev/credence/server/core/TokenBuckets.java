package dev.credence.server.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How fast each of many may do something: a bucket of tokens for each key, full at first. A clock
/// that was set back adds nothing, and takes nothing. Thread-safe.
///
/// @param <K> what a bucket is for
public final class TokenBuckets<K> {
  private final Rate rate;
  private final Bound<K> bound;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Bucket> buckets = new HashMap<>();

  /// @param count sustained, in each `per`
  /// @param atOnce after a quiet time
  public record Rate(int count, Duration per, int atOnce) {
    /// In each second.
    public Rate(int perSecond, int atOnce) {
      this(perSecond, Duration.ofSeconds(1), atOnce);
    }
  }

  /// How many buckets are kept. From this number on full ones are forgotten, which loses nothing.
  ///
  /// @param others whose bucket those share who are still too many; empty: each has its own all the
  ///   same, since their number is bounded elsewhere
  public record Bound<K>(int kept, Optional<K> others) {
    /// All are kept, until [#forgetFull()].
    public static <K> Bound<K> none() {
      return new Bound<>(Integer.MAX_VALUE, Optional.empty());
    }
  }

  private record Bucket(double tokens, long asOf) {}

  /// @param nanos the time; only differences count
  public TokenBuckets(Rate rate, Bound<K> bound, LongSupplier nanos) {
    this.rate = rate;
    this.bound = bound;
    this.nanos = nanos;
  }

  /// Takes a token.
  ///
  /// @return false: there is none
  public boolean take(K wanted) {
    long now = nanos.getAsLong();
    lock.lock();
    try {
      K key = place(wanted, now);
      double tokens = tokens(buckets.get(key), now);
      if (tokens < 1) {
        return false;
      }
      buckets.put(key, new Bucket(tokens - 1, now));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Forgets who was quiet for long enough.
  public void forgetFull() {
    long now = nanos.getAsLong();
    lock.lock();
    try {
      forgetFull(now);
    } finally {
      lock.unlock();
    }
  }

  private void forgetFull(long now) {
    buckets.values().removeIf(bucket -> tokens(bucket, now) >= rate.atOnce);
  }

  private K place(K key, long now) {
    if (buckets.size() < bound.kept || buckets.containsKey(key)) {
      return key;
    }
    forgetFull(now);
    return buckets.size() < bound.kept ? key : bound.others.orElse(key);
  }

  private double tokens(@Nullable Bucket bucket, long now) {
    if (bucket == null) {
      return rate.atOnce;
    }
    double passed = Math.max(0, now - bucket.asOf);
    return Math.min(rate.atOnce, bucket.tokens + passed * rate.count / rate.per.toNanos());
  }
}

package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How fast callers without an SVID may call from one address: what they show is checked before it
/// is known who they are. A bucket of tokens each, in a table that is bounded. Thread-safe.
final class AddressRates {
  private static final double NANOS = 1e9;
  private static final String OTHERS = "others";

  /// Calls per second, sustained; how many at once after a quiet time; how many addresses are told
  /// apart.
  record Rate(int perSecond, int atOnce, int addresses) {}

  private final Rate rate;
  private final LongSupplier nanos;
  private final Map<String, Bucket> buckets = new HashMap<>();

  /// @param nanos a clock that never steps back
  AddressRates(Rate rate, LongSupplier nanos) {
    this.rate = rate;
    this.nanos = nanos;
  }

  /// Enough for 5,000 nodes behind one address that join at once.
  static AddressRates standard(LongSupplier nanos) {
    return new AddressRates(new Rate(500, 5_000, 10_000), nanos);
  }

  private record Bucket(double tokens, long asOf) {}

  /// Takes a token of a caller's address, if it shows no SVID.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Caller caller) throws ServerException {
    if (caller instanceof Caller.Anonymous stranger && !take(Addresses.place(stranger.address()))) {
      throw new ServerException(
          Kind.EXHAUSTED,
          "too many calls without an SVID from one address (expected: at most "
              + rate.perSecond
              + " per second, "
              + rate.atOnce
              + " at once)");
    }
  }

  private synchronized boolean take(String address) {
    long now = nanos.getAsLong();
    String key = place(address, now);
    double tokens = tokens(buckets.get(key), now);
    if (tokens < 1) {
      return false;
    }
    buckets.put(key, new Bucket(tokens - 1, now));
    return true;
  }

  private String place(String address, long now) {
    if (buckets.size() < rate.addresses || buckets.containsKey(address)) {
      return address;
    }
    buckets.values().removeIf(bucket -> tokens(bucket, now) >= rate.atOnce);
    return buckets.size() < rate.addresses ? address : OTHERS;
  }

  private double tokens(@Nullable Bucket bucket, long now) {
    return bucket == null
        ? rate.atOnce
        : Math.min(rate.atOnce, bucket.tokens + (now - bucket.asOf) / NANOS * rate.perSecond);
  }
}

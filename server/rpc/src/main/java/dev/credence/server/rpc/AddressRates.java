package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.TokenBuckets;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How fast callers without an SVID may call from one address: what they show is checked before it
/// is known who they are. A bucket of tokens each, in a table that is bounded. Thread-safe.
final class AddressRates {
  private static final String OTHERS = "others";

  /// Calls per second, sustained; how many at once after a quiet time; how many addresses are told
  /// apart.
  record Rate(int perSecond, int atOnce, int addresses) {}

  private final Rate rate;
  private final TokenBuckets<String> buckets;

  /// @param nanos a clock that never steps back
  AddressRates(Rate rate, LongSupplier nanos) {
    this.rate = rate;
    this.buckets =
        new TokenBuckets<>(
            new TokenBuckets.Rate(rate.perSecond, rate.atOnce),
            new TokenBuckets.Bound<>(rate.addresses, Optional.of(OTHERS)),
            nanos);
  }

  /// Enough for 5,000 nodes behind one address that join at once.
  static AddressRates standard(LongSupplier nanos) {
    return new AddressRates(new Rate(500, 5_000, 10_000), nanos);
  }

  /// Takes a token of a caller's address, if it shows no SVID.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Caller caller) throws ServerException {
    if (caller instanceof Caller.Anonymous stranger
        && !buckets.take(Addresses.place(stranger.address()))) {
      throw new ServerException(
          Kind.EXHAUSTED,
          "too many calls without an SVID from one address (expected: at most "
              + rate.perSecond
              + " per second, "
              + rate.atOnce
              + " at once)");
    }
  }
}

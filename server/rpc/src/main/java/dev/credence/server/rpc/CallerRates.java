package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.TokenBuckets;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How fast one key of an administrator over the network may call, from however many addresses: a
/// bucket of tokens each. Who may call at all is asked afterwards, of the database. Nodes have
/// their own, in the core; the local socket has none. Thread-safe.
final class CallerRates {
  // There are as many buckets as keys in certificates that we signed.
  private static final TokenBuckets.Bound<String> MANY =
      new TokenBuckets.Bound<>(1000, Optional.empty());

  /// Calls per second, sustained, and how many at once after a quiet time.
  record Rate(int perSecond, int atOnce) {}

  private final Rate rate;
  private final TokenBuckets<String> buckets;

  /// @param nanos a clock that never steps back
  CallerRates(Rate rate, LongSupplier nanos) {
    this.rate = rate;
    this.buckets =
        new TokenBuckets<>(new TokenBuckets.Rate(rate.perSecond, rate.atOnce), MANY, nanos);
  }

  static CallerRates standard(LongSupplier nanos) {
    return new CallerRates(new Rate(50, 500), nanos);
  }

  /// Takes a token.
  ///
  /// @throws ServerException EXHAUSTED if there is none
  void enter(Caller caller) throws ServerException {
    if (caller.kind() == CallerKind.ADMINISTRATOR && !buckets.take(caller.share())) {
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
}

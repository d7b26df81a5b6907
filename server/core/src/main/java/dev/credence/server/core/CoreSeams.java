package dev.credence.server.core;

import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/// What the core takes from the outside world, so that tests can command it.
///
/// @param boot nanoseconds since the machine's boot, suspended time included; it never steps
public record CoreSeams(
    Clock clock,
    SecureRandom random,
    Provider crypto,
    Ticker ticker,
    CoreMetrics metrics,
    LongSupplier boot) {

  /// With a clock that never steps, whatever it says.
  public CoreSeams(
      Clock clock, SecureRandom random, Provider crypto, Ticker ticker, CoreMetrics metrics) {
    this(clock, random, crypto, ticker, metrics, following(clock));
  }

  /// A time since boot that goes along with a clock.
  public static LongSupplier following(Clock clock) {
    return () -> {
      Instant now = clock.instant();
      return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    };
  }
}

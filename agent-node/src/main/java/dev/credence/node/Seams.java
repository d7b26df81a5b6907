package dev.credence.node;

import dev.credence.platform.crypto.CryptoProviders;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;

/// What a test may command: time, chance, and the implementation of the algorithms.
///
/// @param clock calendar time, for validity of certificates
/// @param timers every interval
/// @param random keys, ids, jitter
/// @param crypto signs, digests and makes keys
public record Seams(Clock clock, Timers timers, SecureRandom random, Provider crypto) {
  /// The real ones. The timers' thread is a daemon and lives as long as the process.
  public static Seams real() {
    return new Seams(
        Clock.systemUTC(),
        BootTimers.start(dev.credence.platform.linux.BootClock.system()),
        new SecureRandom(),
        CryptoProviders.fastest());
  }
}

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
/// @param points told where the node is
/// @param news of processes
public record Seams(
    Clock clock,
    Timers timers,
    SecureRandom random,
    Provider crypto,
    PointListener points,
    KernelNews news) {
  /// Nobody is told, and the kernel tells.
  public Seams(Clock clock, Timers timers, SecureRandom random, Provider crypto) {
    this(clock, timers, random, crypto, PointListener.none());
  }

  /// The kernel tells.
  public Seams(
      Clock clock, Timers timers, SecureRandom random, Provider crypto, PointListener points) {
    this(clock, timers, random, crypto, points, KernelNews.connector());
  }

  /// The same with other news.
  public Seams with(KernelNews other) {
    return new Seams(clock, timers, random, crypto, points, other);
  }

  /// The real ones. The timers' thread is a daemon and lives as long as the process.
  public static Seams real() {
    return real(PointListener.none());
  }

  /// The real ones, and somebody who is told where the node is.
  public static Seams real(PointListener points) {
    return new Seams(
        Clock.systemUTC(),
        BootTimers.start(dev.credence.platform.linux.BootClock.system()),
        new SecureRandom(),
        CryptoProviders.fastest(),
        points);
  }
}

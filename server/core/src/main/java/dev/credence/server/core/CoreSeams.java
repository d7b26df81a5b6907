package dev.credence.server.core;

import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;

/// What the core takes from the outside world, so that tests can command it.
public record CoreSeams(
    Clock clock, SecureRandom random, Provider crypto, Ticker ticker, CoreMetrics metrics) {

  /// The real world.
  public static CoreSeams real(Provider crypto, CoreMetrics metrics) {
    return new CoreSeams(
        Clock.systemUTC(),
        new SecureRandom(),
        crypto,
        Ticker.onDaemonThread("core-ticker"),
        metrics);
  }
}

package dev.credence.server.rpc;

import io.grpc.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Ends what was opened with an SVID when that SVID runs out. Timers do not count the time that a
/// machine sleeps, so the clock is looked at again and again. Thread-safe.
final class SvidEnd {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

  private final InstantSource clock;
  private final ScheduledExecutorService timer;

  SvidEnd(InstantSource clock, ScheduledExecutorService timer) {
    this.clock = clock;
    this.timer = timer;
  }

  /// Runs `end` then, unless the call is over before.
  void watch(Context call, Instant notAfter, Runnable end) {
    if (call.isCancelled()) {
      return;
    }
    Duration left = Duration.between(clock.instant(), notAfter);
    if (left.isNegative() || left.isZero()) {
      end.run();
      return;
    }
    long millis = Math.min(left.toMillis() + 1, LOOK_EVERY.toMillis());
    try {
      var _ = timer.schedule(() -> watch(call, notAfter, end), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      end.run(); // the server stops
    }
  }
}

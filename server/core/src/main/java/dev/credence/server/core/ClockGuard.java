package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Whether the clock may be believed. It may not when it is more than a minute behind a time that
/// was stored with a commit, or has moved by more than a minute against the time since the
/// machine's boot (which never steps, and counts suspended time) since it was last believed.
/// Certificates would be of the wrong dates, and what expired would be good again.
///
/// What it found stays until an administrator says that the clock is right ([#accept]), or, where
/// several servers share a database, until the clock agrees with the database's ([#compare]).
/// Thread-safe.
final class ClockGuard {
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private final Clock clock;
  private final LongSupplier boot;
  private final boolean shared;
  private Base base;
  private @Nullable Instant highest;
  private volatile @Nullable String problem;

  /// A moment at which the clock was right.
  private record Base(Instant wall, long boot) {}

  /// @param boot nanoseconds since the machine's boot
  /// @param highest the highest time that was stored
  /// @param shared true: measured against the database's clock, so the stored time does not count
  ClockGuard(Clock clock, LongSupplier boot, Optional<Instant> highest, boolean shared) {
    this.clock = clock;
    this.boot = boot;
    this.shared = shared;
    this.highest = highest.orElse(null);
    this.base = new Base(clock.instant(), boot.getAsLong());
  }

  boolean isShared() {
    return shared;
  }

  /// Passes while the clock may be believed.
  void require() throws ServerException {
    Optional<String> found = problem();
    if (found.isPresent()) {
      throw new ServerException(
          Kind.UNAVAILABLE,
          Texts.format(
              "the server's clock cannot be believed: %s (expected: the right time, then %s)",
              found.get(), shared ? "it serves again by itself" : "credence server accept-clock"));
    }
  }

  /// What is wrong, looked at now.
  Optional<String> problem() {
    String known = problem;
    return known == null ? look() : Optional.of(known);
  }

  private synchronized Optional<String> look() {
    if (problem == null) {
      Instant now = clock.instant();
      Duration moved = Duration.between(expected(), now);
      if (moved.abs().compareTo(TOLERANCE) > 0) {
        problem =
            Texts.format(
                "it moved %s by %s against the time since boot",
                moved.isNegative() ? "back" : "forward", text(moved.abs()));
      } else if (!shared && highest != null && now.isBefore(highest.minus(TOLERANCE))) {
        problem =
            Texts.format(
                "it says %s, which is %s behind a time that was stored, %s",
                now, text(Duration.between(now, highest)), highest);
      }
    }
    return Optional.ofNullable(problem);
  }

  // What the clock would say if it had gone on as before.
  private Instant expected() {
    return base.wall.plusNanos(boot.getAsLong() - base.boot);
  }

  /// A time that is as good as stored.
  synchronized void noted(Instant time) {
    if (highest == null || time.isAfter(highest)) {
      highest = time;
    }
  }

  synchronized Optional<Instant> highest() {
    return Optional.ofNullable(highest);
  }

  /// A time for what must be written all the same: never later than the clock would be had it not
  /// been moved, so that it does not become a highest time.
  synchronized Instant cautious() {
    Optional<String> found = problem();
    Instant now = clock.instant();
    Instant expected = expected();
    return found.isPresent() && expected.isBefore(now) ? expected : now;
  }

  /// The clock is right, an administrator says.
  synchronized void accept(Instant now) {
    base = new Base(clock.instant(), boot.getAsLong());
    highest = now;
    problem = null;
  }

  /// The clock beside the database's, read between `before` and `after`.
  ///
  /// @return true if that changed what is found
  synchronized boolean compare(Instant before, Instant database, Instant after) {
    boolean bad =
        database.isBefore(before.minus(TOLERANCE)) || database.isAfter(after.plus(TOLERANCE));
    boolean changed = bad != (problem != null);
    if (bad) {
      // What goes on all the same goes by the database's time.
      base = new Base(database, boot.getAsLong());
      problem = Texts.format("it says %s, the database's clock %s", after, database);
    } else {
      base = new Base(clock.instant(), boot.getAsLong());
      problem = null;
    }
    return changed;
  }

  private static String text(Duration duration) {
    return Durations.text(Duration.ofSeconds(duration.toSeconds()));
  }
}

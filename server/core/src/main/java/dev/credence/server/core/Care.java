package dev.credence.server.core;

import dev.credence.server.core.port.Store;
import java.time.Instant;
import java.util.Optional;

/// What keeps the server itself: how it stands, its backup, its clock. Thread-safe.
public final class Care {
  private final Plumbing plumbing;
  private final ClockGuard guard;
  private final ClockWatch watch;
  private final TakeBackup backup;
  private final AcceptClock acceptClock;
  private final Instant startedAt;

  /// @param despite for writes that are made whatever the clock says
  Care(Plumbing plumbing, Plumbing despite, ClockGuard guard, Store store) {
    this.plumbing = plumbing;
    this.guard = guard;
    this.watch = new ClockWatch(store, guard, despite);
    this.backup = new TakeBackup(plumbing, store);
    this.acceptClock = new AcceptClock(despite, guard);
    this.startedAt = plumbing.database().wall();
  }

  /// Run each second.
  void look() {
    watch.look();
  }

  public TakeBackup backup() {
    return backup;
  }

  public AcceptClock acceptClock() {
    return acceptClock;
  }

  /// Why nothing is issued now; empty: the server serves. Asks the database.
  public Optional<String> problem() {
    return standing().problem();
  }

  /// How it stands. Always answers.
  public Standing standing() {
    Optional<String> clock = guard.problem();
    Optional<String> database = Optional.empty();
    Optional<Standing.Stored> stored = Optional.empty();
    try {
      stored =
          Optional.of(
              plumbing
                  .database()
                  .read(view -> new Standing.Stored(view.meta().epoch(), view.events().last())));
    } catch (ServerException e) {
      database = Optional.of(e.detail());
    }
    return new Standing(
        database.or(() -> clock.map(problem -> "the clock is not believed: " + problem)),
        startedAt,
        stored,
        guard.isShared(),
        new Standing.ClockState(plumbing.database().wall(), guard.highest(), clock));
  }
}

package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The store as use cases see it: its failures are UNAVAILABLE, and after an unknown outcome
/// nothing is answered before the state was loaded again. Thread-safe.
final class Database {
  private final Store store;
  private final Availability availability;
  private final Clock clock;
  private final ClockGuard guard;
  private final boolean despite;

  Database(Store store, Availability availability, Clock clock, ClockGuard guard) {
    this(store, availability, clock, guard, false);
  }

  private Database(
      Store store, Availability availability, Clock clock, ClockGuard guard, boolean despite) {
    this.store = store;
    this.availability = availability;
    this.clock = clock;
    this.guard = guard;
    this.despite = despite;
  }

  /// The same for the few writes that are made although the clock is not believed.
  Database despiteClock() {
    return new Database(store, availability, clock, guard, true);
  }

  <T> T read(Store.Query<T, ServerException> query) throws ServerException {
    availability.require();
    try {
      return store.read(query);
    } catch (StoreException e) {
      throw unavailable("the database cannot be read", e);
    }
  }

  /// One transaction; the highest time is noted with it. UNAVAILABLE while the clock is not
  /// believed: everything that is written has a time.
  <T> T write(Store.Work<T, ServerException> work) throws ServerException {
    availability.require();
    requireClock();
    try {
      return store.write(tx -> {
        // Before the work: its events then note a time that is as late, and nothing is left to
        // note.
        requireClock();
        Instant begun = now();
        T result = work.in(tx);
        tx.meta().noteTime(begun);
        guard.noted(begun);
        return result;
      });
    } catch (StoreException e) {
      throw unavailable("the database cannot be written", e);
    }
  }

  /// Passes while it serves: the outcome of its writes is known, and the clock is believed.
  void requireServing() throws ServerException {
    availability.require();
    guard.require();
  }

  private void requireClock() throws ServerException {
    if (!despite) {
      guard.require();
    }
  }

  /// The time of everything that is written.
  Instant now() {
    Instant now = clock.instant();
    Instant cautious = despite ? guard.cautious() : now;
    return cautious.isBefore(now) ? cautious.truncatedTo(ChronoUnit.MILLIS) : now;
  }

  /// What the clock says, believed or not.
  Instant wall() {
    return clock.instant();
  }

  private ServerException unavailable(String message, StoreException cause) {
    if (cause.outcome() == StoreException.Outcome.UNKNOWN) {
      availability.outcomeUnknown();
    }
    return new ServerException(Kind.UNAVAILABLE, message, cause);
  }
}

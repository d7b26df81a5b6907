package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import java.time.Clock;
import java.time.Instant;

/// The store as use cases see it: its failures are UNAVAILABLE, and after an unknown outcome
/// nothing is answered before the state was loaded again. Thread-safe.
final class Database {
  private final Store store;
  private final Availability availability;
  private final Clock clock;

  Database(Store store, Availability availability, Clock clock) {
    this.store = store;
    this.availability = availability;
    this.clock = clock;
  }

  <T> T read(Store.Query<T, ServerException> query) throws ServerException {
    availability.require();
    try {
      return store.read(query);
    } catch (StoreException e) {
      throw unavailable("the database cannot be read", e);
    }
  }

  /// One transaction; the highest time is noted with it.
  <T> T write(Store.Work<T, ServerException> work) throws ServerException {
    availability.require();
    try {
      return store.write(tx -> {
        // Before the work: its events then note a time that is as late, and nothing is left to
        // note.
        Instant begun = now();
        T result = work.in(tx);
        tx.meta().noteTime(begun);
        return result;
      });
    } catch (StoreException e) {
      throw unavailable("the database cannot be written", e);
    }
  }

  /// The time of everything that is written.
  Instant now() {
    return clock.instant();
  }

  private ServerException unavailable(String message, StoreException cause) {
    if (cause.outcome() == StoreException.Outcome.UNKNOWN) {
      availability.outcomeUnknown();
    }
    return new ServerException(Kind.UNAVAILABLE, message, cause);
  }
}

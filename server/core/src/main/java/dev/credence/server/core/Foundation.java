package dev.credence.server.core;

import dev.credence.server.core.port.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/// What every use case rests on: the state in memory, and the way each write takes.
final class Foundation {
  final CoreSettings settings;
  final CoreSeams seams;
  final Clock clock;
  final StreamIndex streams;
  final Registry registry;
  final EventFeed events;
  final Availability availability;
  final ClockGuard guard;
  final Database database;
  final RefusalLog refusals;
  final Plumbing plumbing;

  /// For what is written although the clock is not believed: that it is not, that the server is
  /// there and says so, and what ends something: whoever moves the clock must not protect anything
  /// by it.
  final Plumbing despiteClock;

  /// Given when another server commits.
  final ForeignCommits.Hint hint = new ForeignCommits.Hint();

  /// Other servers may use the same database.
  final boolean shared;

  /// The event with which following begins: what others commit from here on is followed, whatever
  /// this server commits meanwhile.
  final long eventsSeen;

  /// @param reload how the state is loaded again, after a write of unknown outcome
  Foundation(Store store, CoreSettings settings, CoreSeams seams, Runnable reload) {
    this.settings = settings;
    this.seams = seams;
    // What is published from memory equals what is read from the database: both keep milliseconds.
    this.clock = Clock.tick(seams.clock(), Duration.ofMillis(1));
    this.streams = new StreamIndex(seams.metrics());
    this.shared = store.follow(hint::give);
    this.registry =
        new Registry(
            store.read(RegistrySnapshot::load),
            streams,
            seams.metrics(),
            shared ? Optional.of(hint::give) : Optional.empty());
    this.events = new EventFeed(store.read(view -> view.events().last()), seams.metrics());
    this.eventsSeen = events.last();
    this.availability = new Availability(reload);
    this.guard =
        new ClockGuard(
            clock,
            seams.boot(),
            store.read(view -> view.meta().highestTime()),
            store.clock().isPresent());
    this.database = new Database(store, availability, clock, guard);
    var journal = new Journal(events::committed);
    this.refusals = new RefusalLog(database, journal, seams.metrics());
    this.plumbing = plumbing(database, journal);
    this.despiteClock = plumbing(database.despiteClock(), journal);
  }

  private Plumbing plumbing(Database through, Journal journal) {
    return new Plumbing(through, new RepeatableWrites(through), journal, refusals, seams.random());
  }
}

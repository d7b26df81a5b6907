package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the clock each second, says in the log and in an event when it stops or lets go on.
/// With several servers on one database it compares with the database's clock, and a server that is
/// off stores nothing. The ticker's thread only.
final class ClockWatch {
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

  private final Store store;
  private final ClockGuard guard;
  private final Plumbing despite;
  private String told = "";

  /// @param despite for writes that are made whatever the clock says
  ClockWatch(Store store, ClockGuard guard, Plumbing despite) {
    this.store = store;
    this.guard = guard;
    this.despite = despite;
  }

  void look() {
    if (guard.isShared()) {
      compare();
    }
    Optional<String> problem = guard.problem();
    if (problem.isPresent() && told.isEmpty()) {
      told = problem.get();
      LOG.atError().addKeyValue("clock", told).log("nothing is issued: the clock is not believed");
      if (!guard.isShared()) {
        record();
      }
    } else if (problem.isEmpty() && !told.isEmpty()) {
      LOG.atWarn().addKeyValue("clock", told).log("the clock is believed again");
      told = "";
    }
  }

  private void compare() {
    try {
      Instant before = despite.database().wall();
      Optional<Instant> database = store.clock();
      Instant after = despite.database().wall();
      database.ifPresent(time -> guard.compare(before, time, after));
    } catch (StoreException e) {
      LOG.atDebug().setCause(e).log("the database's clock cannot be read now");
    }
  }

  private void record() {
    try {
      boolean _ =
          despite
              .database()
              .write(tx -> {
                despite
                    .journal()
                    .append(
                        tx,
                        Details.of("problem", told)
                            .and("clock", despite.database().wall())
                            .event(EventKind.CLOCK_REFUSED, new Actor.Server(), About.nothing()),
                        despite.database().now());
                return true;
              });
    } catch (ServerException e) {
      LOG.atWarn().setCause(e).log("that the clock is not believed could not be recorded");
    }
  }
}

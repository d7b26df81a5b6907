package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import java.time.Instant;
import java.util.Optional;

/// What happened.
public interface Events extends EventReads {
  /// Appends with the next number and this time, in this transaction.
  Event append(NewEvent event, Instant at);

  /// Which events a list has.
  ///
  /// @param after only higher numbers
  record Filter(
      long after, Optional<Instant> since, Optional<EventKind> kind, Optional<Id> subject) {
    public static Filter everything(long after) {
      return new Filter(after, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }
}

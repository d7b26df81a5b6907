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
  /// @param node that they are about
  record Filter(
      long after,
      Optional<Instant> since,
      Optional<EventKind> kind,
      Optional<Id> subject,
      Optional<Id> node) {
    /// Of whatever node.
    public Filter(
        long after, Optional<Instant> since, Optional<EventKind> kind, Optional<Id> subject) {
      this(after, since, kind, subject, Optional.empty());
    }

    /// The same from another number on.
    public Filter after(long number) {
      return new Filter(number, since, kind, subject, node);
    }

    public static Filter everything(long after) {
      return new Filter(after, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }
}

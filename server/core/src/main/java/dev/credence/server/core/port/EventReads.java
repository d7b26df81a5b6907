package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The part of [Events] that only looks.
public interface EventReads {
  /// In rising order of number, at most `limit` (1 to 1000).
  List<Event> list(Events.Filter filter, int limit);

  /// Those of some kinds with higher numbers than `after`, in rising order of number, at most
  /// `limit` (1 to 1000).
  List<Event> ofKinds(long after, Set<EventKind> kinds, int limit);

  /// When the newest one of this kind was that is about this owner, agent, service or node. Looks
  /// at the newest 2,000 of the kind, since it is asked within writes: empty for an older one. Not
  /// for the kinds of which there are very many (executions, SVIDs).
  Optional<Instant> newest(EventKind kind, Id about);

  /// The highest number; 0: none yet.
  long last();
}

package dev.credence.server.core.port;

import dev.credence.server.core.model.Event;
import java.util.List;

/// The part of [Events] that only looks.
public interface EventReads {
  /// In rising order of number, at most `limit` (1 to 1000).
  List<Event> list(Events.Filter filter, int limit);

  /// The highest number; 0: none yet.
  long last();
}

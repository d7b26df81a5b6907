package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.port.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was last heard of the nodes that are connected, written now and then, so that other servers
/// on the same database see it. At each look all that are due are written together: a commit for
/// each would be most of what an idle server does. Thread-safe.
final class Sightings {
  private static final Logger LOG = LoggerFactory.getLogger(Sightings.class);

  /// Whoever asks for a certificate waits for one such write at most.
  static final int AT_ONCE = 100;

  private final Database database;
  private final Duration every;
  private final Writing writing;
  private final Map<Id, Sighting> due = new ConcurrentHashMap<>();

  /// Records when a stream was last heard.
  @FunctionalInterface
  interface Writing {
    void write(Transaction tx, NodeStream stream, Instant at);
  }

  private record Sighting(NodeStream stream, Instant at) {}

  /// @param every how old what is written may be before it is written again
  Sightings(Database database, Duration every, Writing writing) {
    this.database = database;
    this.every = every;
    this.writing = writing;
  }

  /// Its node spoke on it. Never blocks.
  void heard(NodeStream stream) {
    Instant now = database.now();
    // After a clock was set back, what was noted before it lies ahead.
    if (stream.notedBefore(now.minus(every)) || stream.notedAfter(now)) {
      due.put(stream.node(), new Sighting(stream, now));
    }
  }

  /// Writes what is due. Never throws: what could not be written is tried at the next look.
  void look() {
    List<Sighting> all = List.copyOf(due.values());
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      if (!write(all.subList(from, Math.min(all.size(), from + AT_ONCE)))) {
        return;
      }
    }
  }

  private boolean write(List<Sighting> some) {
    try {
      boolean _ =
          database.write(tx -> {
            some.forEach(one -> writing.write(tx, one.stream, one.at));
            return true;
          });
    } catch (ServerException e) {
      LOG.atDebug().setCause(e).addKeyValue("nodes", some.size()).log("sightings not yet written");
      return false;
    }
    some.forEach(one -> {
      one.stream.noted(one.at);
      // Unless it was heard again meanwhile.
      due.remove(one.stream.node(), one);
    });
    return true;
  }
}

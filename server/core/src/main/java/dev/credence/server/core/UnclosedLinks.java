package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Nodes whose stream is gone although the database may say that it is open, because it could not
/// be written at that moment. Whoever waits for what such a node acknowledges would wait for ever;
/// so the end is recorded at a later look. Thread-safe.
final class UnclosedLinks {
  private static final Logger LOG = LoggerFactory.getLogger(UnclosedLinks.class);

  /// Others write too.
  static final int MOST_AT_ONCE = 1_000;

  private final Database database;
  private final Closing closing;
  private final Map<Id, Instant> gone = new ConcurrentHashMap<>();

  /// Records the end of a node's stream, if the one that the database knows is none that is open.
  @FunctionalInterface
  interface Closing {
    void close(Transaction tx, Id node, Instant at);
  }

  UnclosedLinks(Database database, Closing closing) {
    this.database = database;
    this.closing = closing;
  }

  /// A stream of that node ended. Never throws.
  void close(Id node) {
    gone.put(node, database.now());
    closeNow(node);
  }

  /// Run now and then: in one write, so that a database that stands still is waited for once. Never
  /// throws.
  void look() {
    Map<Id, Instant> some =
        gone.entrySet().stream()
            .limit(MOST_AT_ONCE)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    if (!some.isEmpty()) {
      record(some);
    }
  }

  private void closeNow(Id node) {
    Instant at = gone.get(node);
    if (at != null) {
      record(Map.of(node, at));
    }
  }

  private void record(Map<Id, Instant> ends) {
    try {
      boolean _ =
          database.write(tx -> {
            ends.forEach((node, at) -> closing.close(tx, node, at));
            return true;
          });
      ends.forEach(gone::remove);
    } catch (ServerException e) {
      // When the server stops, this is the rule: its next start closes them all.
      LOG.atDebug()
          .setCause(e)
          .addKeyValue("nodes", ends.size())
          .log("ends of streams not yet recorded");
    }
  }
}

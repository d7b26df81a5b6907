package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Nodes whose stream is gone although the database may say that it is open, because it could not
/// be written at that moment. Whoever waits for what such a node acknowledges would wait for ever;
/// so the end is recorded at a later look. Thread-safe.
final class UnclosedLinks {
  private static final Logger LOG = LoggerFactory.getLogger(UnclosedLinks.class);

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

  /// Run now and then. Never throws.
  void look() {
    List.copyOf(gone.keySet()).forEach(this::closeNow);
  }

  private void closeNow(Id node) {
    Instant at = gone.get(node);
    if (at == null) {
      return;
    }
    try {
      boolean _ =
          database.write(tx -> {
            closing.close(tx, node, at);
            return true;
          });
      gone.remove(node, at);
    } catch (ServerException e) {
      // When the server stops, this is the rule: its next start closes them all.
      LOG.atDebug().setCause(e).addKeyValue("node", node).log("end of stream not yet recorded");
    }
  }
}

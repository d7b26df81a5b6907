package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.port.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the executions that end with their SVID, when their newest one has expired. Nobody believes
/// such a certificate any more, so it does no harm that this is seen up to [#LOOK_EVERY] later, or
/// only when the clock is believed again. Several servers may do it at once. Thread-safe.
final class SvidExpiry {
  private static final Logger LOG = LoggerFactory.getLogger(SvidExpiry.class);
  static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  static final String REASON = "svid-expired";
  private static final int AT_ONCE = 200;

  private final Database database;
  private final ExecutionEnd executionEnd;
  private final NodeNews news;

  SvidExpiry(Database database, ExecutionEnd executionEnd, NodeNews news) {
    this.database = database;
    this.executionEnd = executionEnd;
    this.news = news;
  }

  /// Run each [#LOOK_EVERY].
  void look() {
    try {
      database.requireServing();
      while (isDue() && database.write(this::endSome) == AT_ONCE) {
        // There may be more.
      }
    } catch (ServerException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("expired SVIDs not looked for now");
    }
  }

  private boolean isDue() throws ServerException {
    Instant now = database.now();
    return database.read(view -> !view.executions().outlived(now, 1).isEmpty());
  }

  private int endSome(Transaction tx) {
    List<Execution> outlived = tx.executions().outlived(database.now(), AT_ONCE);
    var why = new ExecutionEnd.Why(new Actor.Server(), REASON, Optional.empty());
    outlived.forEach(one ->
        executionEnd
            .ifRunning(tx, one.id(), why)
            .ifPresent(ended -> tx.afterCommit(() -> news.ended(ended, REASON))));
    return outlived.size();
  }
}

package dev.credence.server.core;

import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.function.LongConsumer;

/// Appends events to the transaction of what they report, and says so after its commit.
final class Journal {
  private final LongConsumer committed;

  /// @param committed is told the number of each committed event, in order
  Journal(LongConsumer committed) {
    this.committed = committed;
  }

  void append(Transaction tx, NewEvent event, Instant at) {
    Event stored = tx.events().append(event, at);
    tx.afterCommit(() -> committed.accept(stored.number()));
  }
}

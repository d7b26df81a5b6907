package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// Appends events to the transaction of what they report, sums up those of unregistered processes,
/// and says so after its commit.
final class Journal {
  private final LongConsumer committed;

  /// @param committed is told the number of each committed event, in order
  Journal(LongConsumer committed) {
    this.committed = committed;
  }

  void append(Transaction tx, NewEvent event, Instant at) {
    Event stored = tx.events().append(named(tx, event), at);
    UnregisteredSums.add(tx.inventory(), stored);
    tx.afterCommit(() -> committed.accept(stored.number()));
  }

  /// With the person behind an administrator, as it is known now.
  private static NewEvent named(Transaction tx, NewEvent event) {
    if (!(event.actor() instanceof Actor.Administrator administrator)) {
      return event;
    }
    return tx.owners()
        .personOfAdministrator(administrator.name())
        .map(person -> {
          Map<String, String> details = new TreeMap<>(event.details());
          details.put("actor-person", person.name().value());
          return new NewEvent(event.kind(), event.actor(), event.about(), details, event.request());
        })
        .orElse(event);
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import java.security.SecureRandom;

/// What every use case that writes needs.
///
/// @param database for reads, and for writes that are repeatable by nature
/// @param writes under a request id
/// @param journal for events in the transaction of what they report
/// @param refusals for what is turned away
/// @param random for ids and secrets
record Plumbing(
    Database database,
    RepeatableWrites writes,
    Journal journal,
    RefusalLog refusals,
    SecureRandom random) {
  Id newId() {
    return Id.random(random);
  }

  /// For executions, of which there are many: [Id#randomAt].
  Id newExecutionId() {
    return Id.randomAt(database.now(), random);
  }
}

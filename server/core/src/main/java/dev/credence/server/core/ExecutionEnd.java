package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Ends an execution within a transaction, with its event. Ended is final.
final class ExecutionEnd {
  private final Plumbing plumbing;
  private final RunningCounts counts;

  ExecutionEnd(Plumbing plumbing, RunningCounts counts) {
    this.plumbing = plumbing;
    this.counts = counts;
  }

  /// Who ends it and why.
  record Why(Actor actor, String reason, Optional<RequestId> request) {}

  /// The execution as it ended, if it was running.
  Optional<Execution> ifRunning(Transaction tx, Id id, Why why) {
    return tx.executions().find(id).filter(Execution::running).map(found -> end(tx, found, why));
  }

  private Execution end(Transaction tx, Execution running, Why why) {
    Instant now = plumbing.database().now();
    var ended =
        new Execution(
            running.id(),
            running.kind(),
            running.host(),
            running.attestation(),
            running.beganAt(),
            Optional.of(new Execution.End(now, why.reason())));
    tx.executions().update(ended);
    counts.ended(tx, ended);
    plumbing
        .journal()
        .append(
            tx,
            new NewEvent(
                EventKind.EXECUTION_ENDED,
                why.actor(),
                about(tx, ended),
                Map.of("reason", why.reason()),
                why.request()),
            now);
    return ended;
  }

  private static About about(Transaction tx, Execution execution) {
    Id subject = execution.host().subjectId();
    return new About(
        tx.subjects().find(subject).map(Subject::handle).map(Subject.Handle::ownerId),
        Optional.of(subject),
        Optional.of(execution.host().nodeId()),
        Optional.of(execution.id()));
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Lifetime;
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
  /// What is added to the reason where so many go on without their process that one more may not.
  static final String TOO_MANY = ": too-many-detached";

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

  /// Its process is gone, or runs something else. What ends with its process ends; what ends with
  /// its SVID goes on without it, unless as many of its agent or service do so on that node as may.
  /// The execution as it is now, if it was running.
  Optional<Execution> processGone(Transaction tx, Id id, Why why) {
    return tx.executions()
        .find(id)
        .filter(Execution::running)
        .map(found -> processGone(tx, found, why));
  }

  private Execution processGone(Transaction tx, Execution running, Why why) {
    if (!canBeDetached(running)) {
      return end(tx, running, why);
    }
    // Those that began while fewer were left behind may be gone all at once.
    return running.isDetached() || OpenExecution.mayBeDetached(tx, running.host())
        ? detach(tx, running, why)
        : end(tx, running, new Why(why.actor(), why.reason() + TOO_MANY, why.request()));
  }

  /// What was fetched over TCP belongs to its connection, whose end nobody outlives.
  private static boolean canBeDetached(Execution execution) {
    return execution.tie().lifetime() == Lifetime.SVID
        && !execution.attestation().process().mark().isConnection();
  }

  private Execution detach(Transaction tx, Execution running, Why why) {
    if (running.isDetached()) {
      return running;
    }
    Instant now = plumbing.database().now();
    Execution detached = running.detached(now);
    tx.executions().update(detached);
    String until =
        tx.executions()
            .newestCertificate(running.id())
            .map(newest -> newest.notAfter().toString())
            .orElse("");
    Details details = Details.of("reason", why.reason()).and("not-after", until);
    plumbing
        .journal()
        .append(
            tx,
            new NewEvent(
                EventKind.EXECUTION_DETACHED,
                why.actor(),
                about(tx, detached),
                details.map(),
                why.request()),
            now);
    return detached;
  }

  private Execution end(Transaction tx, Execution running, Why why) {
    Instant now = plumbing.database().now();
    Execution ended = running.ended(new Execution.End(now, why.reason()));
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

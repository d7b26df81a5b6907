package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;

/// Makes an event of a call that was turned away before it reached a use case: wrong caller for
/// this method, over a limit. Thread-safe, never throws.
public final class RecordRefusedCall {
  private final Plumbing plumbing;
  private final CoreMetrics metrics;

  RecordRefusedCall(Plumbing plumbing, CoreMetrics metrics) {
    this.plumbing = plumbing;
    this.metrics = metrics;
  }

  /// @param method full name of the RPC
  /// @param kind REFUSED, EXHAUSTED, INVALID ...
  /// @param reason for people; cut at 1024 characters
  public void run(Actor actor, String method, ServerException.Kind kind, String reason) {
    metrics.refused(kind);
    plumbing
        .refusals()
        .record(
            new RefusalLog.Key(actor.label(), method, kind.name()),
            Details.of("operation", method)
                .and("error", kind.name())
                .and("reason", reason)
                .event(EventKind.REFUSED, actor, About.nothing()),
            1);
  }
}

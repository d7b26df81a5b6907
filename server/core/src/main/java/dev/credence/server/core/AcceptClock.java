package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Optional;

/// An administrator says that the clock is right, although it stepped. From then on times are
/// measured from this one, and later ones that were stored do not count any more. Thread-safe.
public final class AcceptClock {
  private static final String OPERATION = "accept-clock";
  private static final int LONGEST_REASON = 1024;

  private final Plumbing despite;
  private final ClockGuard guard;

  AcceptClock(Plumbing despite, ClockGuard guard) {
    this.despite = despite;
    this.guard = guard;
  }

  /// Errors: INVALID, BLOCKED (nothing is wrong with the clock, or the database's clock is what
  /// counts), REQUEST_REUSED, UNAVAILABLE.
  public void run(Actor actor, RequestId request, String reason) throws ServerException {
    var _ =
        despite
            .refusals()
            .watch(actor, OPERATION, About.nothing(), () -> accept(actor, request, reason));
  }

  private boolean accept(Actor actor, RequestId request, String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, LONGEST_REASON);
    problems.throwIfAny();
    if (guard.isShared()) {
      throw new ServerException(
          Kind.BLOCKED,
          "the clock is compared with the database's (expected: both set right; the server then"
              + " serves again by itself)");
    }
    var call = new Call(actor, request, Fingerprint.of(OPERATION).text(reason).digest());
    return despite.writes().write(call, new Format(), tx -> accept(tx, call, reason));
  }

  private boolean accept(Transaction tx, Call call, String reason) throws ServerException {
    Optional<String> problem = guard.problem();
    if (problem.isEmpty()) {
      throw new ServerException(Kind.BLOCKED, "nothing is wrong with the server's clock");
    }
    Instant now = despite.database().wall();
    Optional<Instant> highest = tx.meta().highestTime();
    despite
        .journal()
        .append(
            tx,
            Details.of("problem", problem.get())
                .and("reason", reason)
                .and("old-highest", highest.map(Instant::toString).orElse(""))
                .and("clock", now)
                .event(EventKind.CLOCK_ACCEPTED, call.actor(), About.nothing(), call.request()),
            now);
    tx.meta().acceptTime(now);
    forgetLater(tx, now);
    tx.afterCommit(() -> guard.accept(now));
    return true;
  }

  // Else a node that was heard by the clock of before would count as there until that time comes.
  private static void forgetLater(Transaction tx, Instant now) {
    tx.nodes().all().stream()
        .filter(node -> node.presence().lastSeenAt().isAfter(now))
        .forEach(node -> tx.nodes().update(CallingNode.seenAt(node, now)));
  }

  private record Format() implements AnswerFormat<Boolean> {
    @Override
    public byte[] encode(Boolean answer) {
      return new byte[] {1};
    }

    @Override
    public Boolean decode(View view, byte[] bytes) {
      return true;
    }
  }
}

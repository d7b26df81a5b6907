package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;

/// Runs a change, or tells what it would do. One piece of code decides in both cases: a dry run
/// plans on a view; a real one plans again inside its transaction, and then does what it planned.
/// Thread-safe.
final class ChangeRunner {
  static final int LONGEST_REASON = 512;

  private final Plumbing plumbing;

  ChangeRunner(Plumbing plumbing) {
    this.plumbing = plumbing;
  }

  /// A change that can be tried.
  ///
  /// @param question everything that was asked for, but for the [ChangeAsk]
  /// @param right what it needs of an administrator over the network
  record Undertaking<T>(
      String operation, Fingerprint question, Planner planner, Showing<T> showing, Right right) {
    /// An operator's, if an administrator asks.
    Undertaking(String operation, Fingerprint question, Planner planner, Showing<T> showing) {
      this(operation, question, planner, showing, Right.OPERATE);
    }
  }

  /// Decides, and changes nothing.
  @FunctionalInterface
  interface Planner {
    Plan in(View view) throws ServerException;
  }

  /// The thing as it is shown.
  @FunctionalInterface
  interface Showing<T> {
    T of(View view, Id about) throws ServerException;
  }

  <T> Changed<T> run(Actor actor, ChangeAsk ask, Undertaking<T> what) throws ServerException {
    if (ask.dryRun()) {
      requireReason(ask);
      return plumbing
          .refusals()
          .watchDryRun(
              actor,
              what.operation,
              () -> plumbing.database().read(view -> tried(view, actor, what)));
    }
    return plumbing
        .refusals()
        .watch(actor, what.operation, About.nothing(), () -> change(actor, ask, what));
  }

  private static <T> Changed<T> tried(View view, Actor actor, Undertaking<T> what)
      throws ServerException {
    Reach _ = Reach.of(view, actor, what.right);
    Plan plan = what.planner.in(view);
    return new Changed<>(what.showing.of(view, plan.about()), plan.report(false));
  }

  private <T> Changed<T> change(Actor actor, ChangeAsk ask, Undertaking<T> what)
      throws ServerException {
    requireReason(ask);
    RequestId request =
        ask.request()
            .orElseThrow(() ->
                new ServerException(
                    ServerException.Kind.INVALID, "request_id: none (expected: 16 random bytes)"));
    var fingerprint = what.question.text(ask.reason()).number(ask.expectedRevision()).digest();
    return plumbing
        .writes()
        .write(
            new Call(actor, request, fingerprint, what.right),
            new ChangedFormat<>(what.showing),
            tx -> inside(tx, actor, ask, what, request));
  }

  private <T> Changed<T> inside(
      Transaction tx, Actor actor, ChangeAsk ask, Undertaking<T> what, RequestId request)
      throws ServerException {
    Plan plan = what.planner.in(tx);
    plan.doing().in(tx, new Occasion(actor, request, ask.reason(), plumbing.database().now()));
    return new Changed<>(what.showing.of(tx, plan.about()), plan.report(true));
  }

  private static void requireReason(ChangeAsk ask) throws ServerException {
    var problems = new Problems();
    problems.text("reason", ask.reason(), LONGEST_REASON);
    problems.throwIfAny();
  }
}

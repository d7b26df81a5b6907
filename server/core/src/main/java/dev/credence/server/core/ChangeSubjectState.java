package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.View;
import java.util.List;

/// Suspends, resumes and retires agents and services. What runs ends in the same transaction;
/// suspended can be resumed, retired is final. What is so already stays so, without an event; an
/// operator who suspends what a registrar suspended takes it out of the registrar's hands.
/// Thread-safe.
public final class ChangeSubjectState {
  private static final String OPERATION = "change-subject-state";

  private final ChangeRunner runner;
  private final SubjectWrites writes;
  private final CoreSettings settings;

  ChangeSubjectState(ChangeRunner runner, SubjectWrites writes, CoreSettings settings) {
    this.runner = runner;
    this.writes = writes;
    this.settings = settings;
  }

  /// Which one.
  ///
  /// @param reference `OWNER/NAME`, `NAME` where it is unique, or id
  public record Which(SubjectKind kind, String reference) {}

  /// Errors of all three: INVALID (retired), NOT_FOUND, AMBIGUOUS, STALE (revision),
  /// REQUEST_REUSED, UNAVAILABLE.
  public Changed<SubjectView> suspend(Actor actor, ChangeAsk ask, Which which)
      throws ServerException {
    return run(actor, ask, which, SubjectState.SUSPENDED);
  }

  /// It gets identities again, as soon as its owner is active too. What an operator suspended, or
  /// who is at the local socket, no registrar resumes: REFUSED.
  public Changed<SubjectView> resume(Actor actor, ChangeAsk ask, Which which)
      throws ServerException {
    return run(actor, ask, which, SubjectState.ACTIVE);
  }

  /// For good: neither it nor its name comes back.
  public Changed<SubjectView> retire(Actor actor, ChangeAsk ask, Which which)
      throws ServerException {
    return run(actor, ask, which, SubjectState.RETIRED);
  }

  private Changed<SubjectView> run(Actor actor, ChangeAsk ask, Which which, SubjectState to)
      throws ServerException {
    var question =
        Fingerprint.of(OPERATION).text(which.kind.label()).text(which.reference).text(to.name());
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            OPERATION,
            question,
            view -> {
              Reach reach = Reach.of(view, actor, Right.REGISTER);
              return plan(view, reach, reach.subject(view, which.kind, which.reference), ask, to);
            },
            Views.showingSubject(settings.trustDomain()),
            Right.REGISTER));
  }

  private Plan plan(View view, Reach reach, Subject before, ChangeAsk ask, SubjectState to)
      throws ServerException {
    ask.requireRevision(SubjectDetails.thing(before), before.revision());
    boolean held = view.subjects().isHeld(before.id());
    boolean holds = to == SubjectState.SUSPENDED && reach.isWhole();
    if (before.state() == to && (held || !holds)) {
      return Plan.already(before.id(), view.events().newest(kind(before, to), before.id()));
    }
    Lives.requireNotRetired(view, before);
    if (held && to == SubjectState.ACTIVE) {
      reach.requireWhole(
          SubjectDetails.thing(before) + " was suspended by an operator, or at the local socket");
    }
    return planned(view, before, to, holds);
  }

  /// @param holds so that no registrar resumes it
  private Plan planned(View view, Subject before, SubjectState to, boolean holds)
      throws ServerException {
    Owner owner = view.owners().find(before.handle().ownerId()).orElseThrow();
    var withheld = Withheld.of(to, owner.state());
    FieldChange change = change(before, to);
    var step =
        new SubjectStep(
            before,
            before.in(to),
            view.subjects().registrationsOf(before.id()),
            withheld,
            to == SubjectState.ACTIVE ? List.of() : Fates.end(view, before, withheld.label()),
            new SubjectStep.What(kind(before, to), Lives.details(List.of(change))));
    return new Plan(
        before.id(),
        List.of(change),
        step.affected(),
        (tx, occasion) -> {
          if (to == SubjectState.RETIRED) {
            tx.subjects().insert(Lives.spent(before, SpentName.Why.RETIRED, occasion.now()));
          }
          writes.carryOut(tx, occasion, step);
          tx.subjects().hold(before.id(), holds);
        });
  }

  private static FieldChange change(Subject before, SubjectState to) {
    String thing = SubjectDetails.thing(before);
    return before.state() == to
        ? new FieldChange(thing, "held-by", "registrar", "operator")
        : new FieldChange(thing, "state", Lives.word(before.state()), Lives.word(to));
  }

  private static EventKind kind(Subject subject, SubjectState to) throws ServerException {
    boolean agent = subject.handle().kind() == SubjectKind.AGENT;
    return switch (to) {
      case SUSPENDED -> agent ? EventKind.AGENT_SUSPENDED : EventKind.SERVICE_SUSPENDED;
      case ACTIVE -> agent ? EventKind.AGENT_RESUMED : EventKind.SERVICE_RESUMED;
      case RETIRED -> agent ? EventKind.AGENT_RETIRED : EventKind.SERVICE_RETIRED;
      case DRAFT -> throw new ServerException(Kind.INVALID, "state: draft (expected: another one)");
    };
  }
}

package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Suspends, resumes and retires owners. What an owner's state withholds or gives back reaches all
/// its agents and services in the same transaction; owners below it are not touched. Thread-safe.
public final class ChangeOwnerState {
  private static final String OPERATION = "change-owner-state";
  private static final int SHOWN = 10;

  private final ChangeRunner runner;
  private final SubjectWrites writes;
  private final Plumbing plumbing;

  ChangeOwnerState(ChangeRunner runner, SubjectWrites writes, Plumbing plumbing) {
    this.runner = runner;
    this.writes = writes;
    this.plumbing = plumbing;
  }

  /// Errors of all three: INVALID (retired), NOT_FOUND, STALE (revision), REQUEST_REUSED,
  /// UNAVAILABLE.
  ///
  /// @param reference name or id
  public Changed<OwnerView> suspend(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return run(actor, ask, reference, OwnerState.SUSPENDED);
  }

  /// Its active agents and services get identities again.
  public Changed<OwnerView> resume(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return run(actor, ask, reference, OwnerState.ACTIVE);
  }

  /// For good. Also INVALID while it has agents or services that are not retired, or owners below.
  public Changed<OwnerView> retire(Actor actor, ChangeAsk ask, String reference)
      throws ServerException {
    return run(actor, ask, reference, OwnerState.RETIRED);
  }

  private Changed<OwnerView> run(Actor actor, ChangeAsk ask, String reference, OwnerState to)
      throws ServerException {
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            OPERATION,
            Fingerprint.of(OPERATION).text(reference).text(to.name()),
            view -> plan(view, ask, reference, to),
            Views.showingOwner()));
  }

  private Plan plan(View view, ChangeAsk ask, String reference, OwnerState to)
      throws ServerException {
    Owner before = References.knownOwner(view, reference);
    ask.requireRevision("owner " + before.name(), before.revision());
    if (before.state() == to) {
      return Plan.already(before.id(), view.events().newest(kind(to), before.id()));
    }
    Lives.requireNotRetired(before);
    if (to == OwnerState.RETIRED) {
      requireEmpty(view, before);
    }
    var field =
        new FieldChange(
            "owner " + before.name(), "state", Lives.word(before.state()), Lives.word(to));
    List<SubjectStep> steps =
        view.subjects().of(before.id()).stream()
            .filter(subject -> subject.state() == SubjectState.ACTIVE)
            .map(subject -> step(view, subject, to, field))
            .toList();
    List<Affected> affected = steps.stream().flatMap(step -> step.affected().stream()).toList();
    return new Plan(
        before.id(),
        List.of(field),
        affected,
        (tx, occasion) -> carryOut(tx, occasion, new OwnerStep(before, to, field, steps)));
  }

  private record OwnerStep(
      Owner before, OwnerState to, FieldChange field, List<SubjectStep> subjects) {}

  private static SubjectStep step(View view, Subject subject, OwnerState to, FieldChange field) {
    Withheld withheld = Withheld.of(subject.state(), to);
    return new SubjectStep(
        subject,
        subject,
        view.subjects().registrationsOf(subject.id()),
        withheld,
        withheld == Withheld.NOT ? List.of() : Fates.end(view, subject, withheld.label()),
        new SubjectStep.What(kind(to), Lives.details(List.of(field))));
  }

  private static void requireEmpty(View view, Owner owner) throws ServerException {
    var problems = new Problems();
    List<String> live =
        view.subjects().of(owner.id()).stream()
            .filter(subject -> subject.state() != SubjectState.RETIRED)
            .map(SubjectDetails::thing)
            .toList();
    if (!live.isEmpty()) {
      problems.add(
          Texts.format(
              "owner %s: %d that are not retired: %s (expected: retire them, or transfer them,"
                  + " first)",
              owner.name(), live.size(), some(live)));
    }
    List<String> below =
        view.owners().all().stream()
            .filter(other -> other.parent().equals(Optional.of(owner.id())))
            .filter(other -> other.state() != OwnerState.RETIRED)
            .map(other -> other.name().value())
            .toList();
    if (!below.isEmpty()) {
      problems.add(
          Texts.format(
              "owner %s: %d owners below it: %s (expected: give them another parent, or retire"
                  + " them, first)",
              owner.name(), below.size(), some(below)));
    }
    problems.throwIfAny();
  }

  private static String some(List<String> all) {
    String shown = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? shown + " and " + (all.size() - SHOWN) + " more" : shown;
  }

  private void carryOut(Transaction tx, Occasion occasion, OwnerStep step) {
    Owner before = step.before;
    Optional<Instant> retired =
        step.to == OwnerState.RETIRED ? Optional.of(occasion.now()) : Optional.empty();
    var after =
        new Owner(
            before.id(),
            before.name(),
            before.contact(),
            before.accountable(),
            before.parent(),
            step.to,
            before.createdAt(),
            before.revision() + 1,
            retired);
    tx.owners().update(after);
    plumbing
        .journal()
        .append(
            tx,
            Lives.details(List.of(step.field))
                .and("name", after.name())
                .and("reason", occasion.reason())
                .and("revision", after.revision())
                .event(
                    kind(step.to), occasion.actor(), About.owner(after.id()), occasion.request()),
            occasion.now());
    step.subjects.forEach(subject -> writes.carryOut(tx, occasion, subject));
  }

  private static EventKind kind(OwnerState to) {
    return switch (to) {
      case SUSPENDED -> EventKind.OWNER_SUSPENDED;
      case ACTIVE -> EventKind.OWNER_RESUMED;
      case RETIRED -> EventKind.OWNER_RETIRED;
    };
  }
}

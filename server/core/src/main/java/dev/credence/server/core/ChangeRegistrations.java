package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.View;
import java.util.ArrayList;
import java.util.List;

/// Adds and removes the sets of selectors that lead to an agent or service. Thread-safe.
public final class ChangeRegistrations {
  private static final String ADD = "add-registration";
  private static final String REMOVE = "remove-registration";
  static final int MOST = 64;

  private final ChangeRunner runner;
  private final SubjectWrites writes;
  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final SubjectRules rules;

  ChangeRegistrations(
      ChangeRunner runner, SubjectWrites writes, Plumbing plumbing, CoreSettings settings) {
    this.runner = runner;
    this.writes = writes;
    this.plumbing = plumbing;
    this.settings = settings;
    this.rules = new SubjectRules(settings);
  }

  /// One more set. Errors: INVALID (all problems at once; retired; there is the same set already),
  /// NOT_FOUND, AMBIGUOUS, STALE (revision), REQUEST_REUSED, UNAVAILABLE.
  public Changed<SubjectView> add(Actor actor, ChangeAsk ask, Which which, Match match)
      throws ServerException {
    Id id = plumbing.newId();
    var question =
        question(ADD, which)
            .texts(match.selectors())
            .texts(match.nodeSelectors())
            .number(match.anyNode() ? 1 : 0)
            .text(match.minimum().toString());
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            ADD,
            question,
            view ->
                added(
                    view,
                    changeable(view, actor, ask, which),
                    new NewSet(id, match, !Reach.of(view, actor, Right.REGISTER).isWhole())),
            Views.showingSubject(settings.trustDomain()),
            Right.REGISTER));
  }

  private record NewSet(Id id, Match match, boolean byRegistrar) {}

  private static Fingerprint question(String operation, Which which) {
    return Fingerprint.of(operation).text(which.kind().label()).text(which.reference());
  }

  private static Subject changeable(View view, Actor actor, ChangeAsk ask, Which which)
      throws ServerException {
    Subject subject =
        Reach.of(view, actor, Right.REGISTER).subject(view, which.kind(), which.reference());
    ask.requireRevision(SubjectDetails.thing(subject), subject.revision());
    Lives.requireNotRetired(view, subject);
    return subject;
  }

  private Plan added(View view, Subject subject, NewSet set) throws ServerException {
    SubjectRules.Sets sets = rules.sets(set.match, subject.svid().lifetime());
    var added =
        new Registration(
            set.id,
            subject.id(),
            sets.selectors(),
            sets.nodes(),
            plumbing.database().now(),
            set.byRegistrar,
            sets.minimum());
    List<Registration> all = new ArrayList<>(view.subjects().registrationsOf(subject.id()));
    requireNew(subject, all, added);
    OwnerQuota.of(settings)
        .requireSet(view, view.owners().find(subject.handle().ownerId()).orElseThrow());
    all.add(added);
    SubjectStep step =
        step(
            view,
            subject,
            all,
            new SubjectStep.What(EventKind.REGISTRATION_CREATED, SubjectDetails.of(added)));
    return new Plan(
        subject.id(),
        List.of(new FieldChange(SubjectDetails.thing(subject), "registration", "", text(added))),
        step.affected(),
        (tx, occasion) -> {
          tx.subjects().insert(added);
          writes.carryOut(tx, occasion, step);
        });
  }

  private static void requireNew(Subject subject, List<Registration> all, Registration added)
      throws ServerException {
    for (Registration other : all) {
      // With another demand it is another set: it is added, and then the old one is removed.
      if (other.selectors().equals(added.selectors())
          && other.nodes().equals(added.nodes())
          && other.minimum().equals(added.minimum())) {
        throw new ServerException(
            Kind.ALREADY_EXISTS,
            Texts.format(
                "%s: registration %s has the same selectors",
                SubjectDetails.thing(subject), other.id()));
      }
    }
    if (all.size() >= MOST) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format(
              "%s: %d registrations (expected: at most %d)",
              SubjectDetails.thing(subject), all.size() + 1, MOST));
    }
  }

  /// One set less. Executions that another set leads to go on, the others end. Errors: INVALID (the
  /// last set of one that is active; retired), NOT_FOUND, AMBIGUOUS, STALE (revision),
  /// REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param registration its id
  public Changed<SubjectView> remove(Actor actor, ChangeAsk ask, Which which, String registration)
      throws ServerException {
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            REMOVE,
            question(REMOVE, which).text(registration),
            view -> removed(view, changeable(view, actor, ask, which), registration),
            Views.showingSubject(settings.trustDomain()),
            Right.REGISTER));
  }

  private Plan removed(View view, Subject subject, String reference) throws ServerException {
    List<Registration> all = view.subjects().registrationsOf(subject.id());
    Registration removed = find(subject, all, reference);
    List<Registration> left = all.stream().filter(one -> !one.equals(removed)).toList();
    if (left.isEmpty() && subject.state() == SubjectState.ACTIVE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "%s: registration %s is its last (expected: another one, or suspend or retire it)",
              SubjectDetails.thing(subject), removed.id()));
    }
    SubjectStep step =
        step(
            view,
            subject,
            left,
            new SubjectStep.What(EventKind.REGISTRATION_REMOVED, SubjectDetails.of(removed)));
    return new Plan(
        subject.id(),
        List.of(new FieldChange(SubjectDetails.thing(subject), "registration", text(removed), "")),
        step.affected(),
        (tx, occasion) -> {
          tx.subjects().remove(removed, occasion.now());
          writes.carryOut(tx, occasion, step);
        });
  }

  private static Registration find(Subject subject, List<Registration> all, String reference)
      throws ServerException {
    return all.stream()
        .filter(one -> one.id().toString().equals(reference))
        .findFirst()
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND,
                Texts.format(
                    "%s: registration %s: not found (expected: one of %s)",
                    SubjectDetails.thing(subject),
                    Printable.quoted(reference),
                    String.join(", ", all.stream().map(one -> one.id().toString()).toList()))));
  }

  private static SubjectStep step(
      View view, Subject subject, List<Registration> registrations, SubjectStep.What what) {
    return new SubjectStep(
        subject,
        subject,
        registrations,
        UpdateSubject.withheld(view, subject),
        Fates.under(view, subject, registrations, false),
        what);
  }

  static String text(Registration registration) {
    return Texts.format(
        "%s on %s%s",
        SubjectDetails.sorted(registration.selectors()),
        SubjectDetails.text(registration.nodes()),
        SubjectDetails.demanded(registration.minimum()));
  }
}

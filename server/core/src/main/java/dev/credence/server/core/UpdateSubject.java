package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.View;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Changes fields of an agent or service. Running executions get new SVIDs; those that do not reach
/// a raised minimum any more end. Thread-safe.
public final class UpdateSubject {
  private static final String OPERATION = "update-subject";

  private final ChangeRunner runner;
  private final SubjectWrites writes;
  private final CoreSettings settings;
  private final SubjectRules rules;

  UpdateSubject(ChangeRunner runner, SubjectWrites writes, CoreSettings settings) {
    this.runner = runner;
    this.writes = writes;
    this.settings = settings;
    this.rules = new SubjectRules(settings);
  }

  /// New values.
  ///
  /// @param fields which of the values count; one that is empty empties the field, or brings back
  ///   its default
  public record Patch(Set<SubjectField> fields, Profile svid, Governance governance) {
    public Patch {
      fields = Set.copyOf(fields);
    }
  }

  /// Errors: INVALID (all problems at once; retired), NOT_FOUND, AMBIGUOUS, STALE (revision),
  /// REQUEST_REUSED, UNAVAILABLE.
  public Changed<SubjectView> run(Actor actor, ChangeAsk ask, Which which, Patch patch)
      throws ServerException {
    var question =
        Fingerprint.of(OPERATION)
            .text(which.kind().label())
            .text(which.reference())
            .texts(patch.fields.stream().sorted().toList())
            .text(patch.svid.toString())
            .text(patch.governance.toString());
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            OPERATION,
            question,
            view ->
                plan(view, Reach.of(view, actor, Right.REGISTER), ask, new Wanted(which, patch)),
            Views.showingSubject(settings.trustDomain()),
            Right.REGISTER));
  }

  private record Wanted(Which which, Patch patch) {}

  private Plan plan(View view, Reach reach, ChangeAsk ask, Wanted wanted) throws ServerException {
    Patch patch = wanted.patch;
    Subject before = reach.subject(view, wanted.which.kind(), wanted.which.reference());
    ask.requireRevision(SubjectDetails.thing(before), before.revision());
    Lives.requireNotRetired(view, before);
    List<Registration> registrations = view.subjects().registrationsOf(before.id());
    Subject after =
        rules.patched(before, patch, registrations.stream().map(Registration::minimum).toList());
    if (!after.svid().dnsNames().equals(before.svid().dnsNames())) {
      reach.requireWhole("a DNS name is not a registrar's to give");
    }
    List<FieldChange> fields = changes(before, after, patch.fields);
    if (fields.isEmpty()) {
      return Plan.nothing(before.id());
    }
    Withheld withheld = withheld(view, after);
    boolean agent = before.handle().kind() == SubjectKind.AGENT;
    var step =
        new SubjectStep(
            before,
            after,
            registrations,
            withheld,
            Fates.updated(view, before, after, registrations),
            new SubjectStep.What(
                agent ? EventKind.AGENT_UPDATED : EventKind.SERVICE_UPDATED,
                Lives.details(fields)));
    return new Plan(
        before.id(),
        fields,
        step.affected(),
        (tx, occasion) -> writes.carryOut(tx, occasion, step));
  }

  static List<FieldChange> changes(Subject before, Subject after, Set<SubjectField> fields) {
    EnumSet<SubjectField> ordered = EnumSet.noneOf(SubjectField.class);
    ordered.addAll(fields);
    return ordered.stream()
        .filter(field -> !field.of(before).equals(field.of(after)))
        .map(field ->
            new FieldChange(
                SubjectDetails.thing(before), field.label(), field.of(before), field.of(after)))
        .toList();
  }

  static Withheld withheld(View view, Subject subject) {
    Owner owner = view.owners().find(subject.handle().ownerId()).orElseThrow();
    return Withheld.of(subject.state(), owner.state());
  }
}

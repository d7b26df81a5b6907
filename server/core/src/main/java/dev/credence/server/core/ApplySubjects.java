package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.ApplyReport.Action;
import dev.credence.server.core.ApplyReport.PlannedChange;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Plans declared agents and services: those that are handed over first, then the others as they
/// stand. Thread-safe.
final class ApplySubjects {
  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final SubjectRules rules;
  private final ApplySubjectWrites writes;

  ApplySubjects(Plumbing plumbing, CoreSettings settings, SubjectWrites writes) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.rules = new SubjectRules(settings);
    this.writes = new ApplySubjectWrites(plumbing, writes);
  }

  void plan(ApplyWork work, List<Declared.Subject> subjects) {
    subjects.stream()
        .filter(it -> !it.handle().transferredFrom().isEmpty())
        .forEach(it -> work.plan(it, () -> plan(work, it)));
    subjects.stream()
        .filter(it -> it.handle().transferredFrom().isEmpty())
        .forEach(it -> work.plan(it, () -> plan(work, it)));
  }

  /// Once for each owner, when everything of it is planned, and what is pruned too. What is handed
  /// over is let in, as by the command.
  void requireRoom(ApplyWork work, List<Declared.Subject> subjects) {
    Map<Id, PlannedSubjects.Growth> growths = work.view().subjects().growthsWithoutHandOvers();
    Set<String> seen = new HashSet<>();
    for (Declared.Subject declared : subjects) {
      if (seen.add(declared.handle().owner())) {
        work.plan(declared, () -> requireRoom(work, declared.handle().owner(), growths));
      }
    }
  }

  private void requireRoom(ApplyWork work, String name, Map<Id, PlannedSubjects.Growth> growths)
      throws ServerException {
    Optional<Owner> owner = References.owner(work.view(), name);
    if (owner.isEmpty()) {
      return;
    }
    PlannedSubjects.Growth growth = growths.get(owner.get().id());
    if (growth != null) {
      OwnerQuota.of(settings).requireRoom(work.view().subjects().before(), owner.get(), growth);
    }
  }

  /// What is right in itself, of which there is one or none, under which owner.
  private record Asked(Declared.Subject declared, Owner owner, Name name, List<Sets> sets) {
    String thing() {
      return declared.thing();
    }
  }

  /// One registration's selectors.
  record Sets(
      Set<dev.credence.attestors.Selector> selectors,
      NodeSelection nodes,
      Governance.Assurance minimum) {
    boolean isOf(Registration registration) {
      return selectors.equals(registration.selectors())
          && nodes.equals(registration.nodes())
          && minimum.equals(registration.minimum());
    }
  }

  private void plan(ApplyWork work, Declared.Subject declared) throws ServerException {
    Declared.Subject.Handle handle = declared.handle();
    List<Sets> sets = check(declared);
    if (work.restsOnFailed(declared, "owner " + handle.owner())) {
      return;
    }
    Owner owner = work.reach().owner(work.view(), handle.owner());
    Name name = new Name(handle.name());
    Optional<Subject> present = work.view().subjects().find(handle.kind(), owner.name(), name);
    if (present.isEmpty() && !handle.transferredFrom().isEmpty()) {
      work.reach().requireWhole("a hand-over is not a registrar's");
    }
    var asked = new Asked(declared, owner, name, sets);
    Optional<Subject> handedOver =
        present.isPresent() || handle.transferredFrom().isEmpty()
            ? Optional.empty()
            : handedOver(work, handle, name);
    if (present.isPresent()) {
      change(work, asked, present.get());
    } else if (handedOver.isPresent()) {
      change(work, asked, handedOver.get());
    } else {
      create(work, asked);
    }
  }

  private static Optional<Subject> handedOver(
      ApplyWork work, Declared.Subject.Handle handle, Name name) {
    return work.view()
        .subjects()
        .find(handle.kind(), new Name(handle.transferredFrom()), name)
        .filter(it -> it.state() != SubjectState.RETIRED);
  }

  /// Everything that can be said without the database, all problems at once.
  private List<Sets> check(Declared.Subject declared) throws ServerException {
    var problems = new Problems();
    Declared.Subject.Handle handle = declared.handle();
    problems.name("owner", handle.owner());
    if (!handle.transferredFrom().isEmpty()) {
      problems.name("transferred from owner", handle.transferredFrom());
    }
    if (declared.registrations().size() > ChangeRegistrations.MOST) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "registrations: %d (expected: at most %d)",
              declared.registrations().size(), ChangeRegistrations.MOST));
    }
    Match first =
        declared.registrations().isEmpty()
            ? new Match(List.of(), List.of(), true)
            : declared.registrations().getFirst();
    rules.check(
        new NewSubject(
            handle.kind(),
            handle.owner(),
            handle.name(),
            first,
            declared.svid(),
            declared.governance()));
    problems.throwIfAny();
    return sets(declared);
  }

  private List<Sets> sets(Declared.Subject declared) throws ServerException {
    List<Sets> all = new ArrayList<>();
    Set<Sets> distinct = new HashSet<>();
    for (Match match : declared.registrations()) {
      SubjectRules.Sets checked =
          rules.sets(match, declared.svid().lifetime().orElse(Lifetime.PROCESS));
      var sets = new Sets(checked.selectors(), checked.nodes(), checked.minimum());
      if (!distinct.add(sets)) {
        throw new ServerException(
            Kind.INVALID,
            Texts.format(
                "registration %d: the same selectors as an earlier one (expected: each once)",
                all.size() + 1));
      }
      all.add(sets);
    }
    return all;
  }

  private Registration registration(ApplyWork work, Id subject, Sets sets) {
    return new Registration(
        plumbing.newId(),
        subject,
        sets.selectors,
        sets.nodes,
        work.now(),
        work.reach().isRegistrars(),
        sets.minimum);
  }

  private void create(ApplyWork work, Asked asked) throws ServerException {
    Declared.Subject declared = asked.declared;
    Owner owner = CreateSubject.activeOwner(work.view(), asked.owner.name().value());
    var handle = new Subject.Handle(declared.handle().kind(), owner.id(), owner.name(), asked.name);
    CreateSubject.requireUnused(work.view(), handle);
    SubjectRules.Checked checked =
        rules.check(
            new NewSubject(
                handle.kind(),
                owner.name().value(),
                asked.name.value(),
                declared.registrations().getFirst(),
                declared.svid(),
                declared.governance()));
    if (!checked.svid().dnsNames().isEmpty()) {
      work.reach().requireWhole("a DNS name is not a registrar's to give");
    }
    var subject =
        new Subject(
            plumbing.newId(),
            handle,
            SubjectState.ACTIVE,
            0,
            checked.svid(),
            checked.governance(),
            work.now());
    List<Registration> registrations =
        asked.sets.stream().map(sets -> registration(work, subject.id(), sets)).toList();
    Optional<FieldChange> joining = work.joining(asked.thing());
    List<FieldChange> fields = described(asked.thing(), subject, registrations);
    joining.ifPresent(fields::add);
    work.view().subjects().put(subject, registrations);
    work.declared(subject.id());
    work.add(
        ApplyStep.of(
            new PlannedChange(Action.CREATE, asked.thing(), declared.position(), 0, fields),
            (tx, occasion, news) -> {
              writes.create(
                  tx, occasion, new ApplySubjectWrites.Made(subject, registrations, fields), news);
              work.joins(subject.id(), joining).in(tx, occasion, news);
            }));
  }

  private static List<FieldChange> described(
      String thing, Subject subject, List<Registration> registrations) {
    List<FieldChange> fields = new ArrayList<>();
    for (SubjectField field : SubjectField.values()) {
      if (!field.of(subject).isEmpty()) {
        fields.add(new FieldChange(thing, field.label(), "", field.of(subject)));
      }
    }
    for (Registration registration : registrations) {
      fields.add(
          new FieldChange(thing, "registration", "", ChangeRegistrations.text(registration)));
    }
    return fields;
  }

  private void change(ApplyWork work, Asked asked, Subject before) throws ServerException {
    work.declared(before.id());
    Lives.requireNotRetired(work.view(), before);
    Optional<FieldChange> joining = work.joining(asked.thing(), before.id());
    Change change = decide(work, asked, before);
    List<FieldChange> fields = new ArrayList<>(change.fields);
    joining.ifPresent(fields::add);
    if (fields.isEmpty()) {
      work.unchanged();
      return;
    }
    Action action = change.isTransfer() ? Action.TRANSFER : Action.UPDATE;
    var planned =
        new PlannedChange(
            action, asked.thing(), asked.declared.position(), before.revision(), fields);
    if (change.fields.isEmpty()) {
      work.add(
          ApplyStep.of(
              planned,
              (tx, occasion, news) -> {
                writes.joined(tx, occasion, before, fields);
                work.joins(before.id(), joining).in(tx, occasion, news);
              }));
      return;
    }
    work.view().subjects().put(change.after, change.all());
    if (change.isTransfer()) {
      work.view().subjects().put(Lives.spent(before, SpentName.Why.TRANSFERRED, work.now()));
    }
    SubjectStep step = change.step(work, fields);
    work.add(
        new ApplyStep(
            planned,
            step.affected(),
            (tx, occasion, news) -> {
              writes.change(
                  tx,
                  occasion,
                  new ApplySubjectWrites.Step(step, change.added, change.removed),
                  news);
              work.joins(before.id(), joining).in(tx, occasion, news);
            }));
  }

  /// @param fields without the set that it joins
  private record Change(
      Subject before,
      Subject after,
      List<Registration> kept,
      List<Registration> added,
      List<Registration> removed,
      List<FieldChange> fields) {
    boolean isTransfer() {
      return !before.handle().ownerId().equals(after.handle().ownerId());
    }

    List<Registration> all() {
      List<Registration> all = new ArrayList<>(kept);
      all.addAll(added);
      return all;
    }

    SubjectStep step(ApplyWork work, List<FieldChange> said) {
      return new SubjectStep(
          before,
          after,
          all(),
          UpdateSubject.withheld(work.view(), after),
          isTransfer()
              ? Fates.end(work.view(), before, TransferSubjects.TRANSFERRED)
              : Fates.updated(work.view(), before, after, all()),
          ApplySubjectWrites.what(before, isTransfer(), said));
    }
  }

  private Change decide(ApplyWork work, Asked asked, Subject before) throws ServerException {
    Subject updated =
        rules.patched(
            before,
            new UpdateSubject.Patch(
                EnumSet.allOf(SubjectField.class),
                asked.declared.svid(),
                asked.declared.governance()),
            asked.sets.stream().map(Sets::minimum).toList());
    work.reach().requireSameNames(before, updated);
    boolean transfer = !before.handle().ownerId().equals(asked.owner.id());
    Subject after = transfer ? updated.of(asked.owner) : updated;
    List<FieldChange> fields = new ArrayList<>();
    if (transfer) {
      Owner from = work.view().owners().find(before.handle().ownerId()).orElseThrow();
      TransferSubjects.requireTaker(from, asked.owner);
      TransferSubjects.requireFree(work.view(), List.of(before), asked.owner);
      fields.add(new FieldChange(asked.thing(), "spiffe-id", spiffeId(before), spiffeId(after)));
    }
    UpdateSubject.changes(before, updated, EnumSet.allOf(SubjectField.class)).stream()
        .map(it -> new FieldChange(asked.thing(), it.field(), it.before(), it.after()))
        .forEach(fields::add);
    List<Registration> present = work.view().subjects().registrationsOf(before.id());
    List<Registration> kept =
        present.stream().filter(it -> asked.sets.stream().anyMatch(s -> s.isOf(it))).toList();
    List<Registration> removed = present.stream().filter(it -> !kept.contains(it)).toList();
    List<Registration> added =
        asked.sets.stream()
            .filter(sets -> kept.stream().noneMatch(sets::isOf))
            .map(sets -> registration(work, before.id(), sets))
            .toList();
    for (Registration one : removed) {
      fields.add(new FieldChange(asked.thing(), "registration", ChangeRegistrations.text(one), ""));
    }
    for (Registration one : added) {
      fields.add(new FieldChange(asked.thing(), "registration", "", ChangeRegistrations.text(one)));
    }
    return new Change(before, after, kept, added, removed, fields);
  }

  private String spiffeId(Subject subject) {
    return subject.handle().identity().in(settings.trustDomain()).toString();
  }

  /// Of what belongs to the set and is not declared: the agents and services end.
  void retire(ApplyWork work, Subject subject) {
    String thing = SubjectDetails.thing(subject);
    var change =
        new FieldChange(
            thing, "state", Lives.word(subject.state()), Lives.word(SubjectState.RETIRED));
    var fields = List.of(change);
    Owner owner = work.view().owners().find(subject.handle().ownerId()).orElseThrow();
    Withheld withheld = Withheld.of(SubjectState.RETIRED, owner.state());
    var step =
        new SubjectStep(
            subject,
            subject.in(SubjectState.RETIRED),
            work.view().subjects().registrationsOf(subject.id()),
            withheld,
            Fates.end(work.view(), subject, withheld.label()),
            ApplySubjectWrites.retired(subject, fields));
    work.view().subjects().put(step.after(), step.registrations());
    work.add(
        new ApplyStep(
            new PlannedChange(Action.RETIRE, thing, "", subject.revision(), fields),
            step.affected(),
            (tx, occasion, news) -> writes.retire(tx, occasion, step, news)));
  }
}

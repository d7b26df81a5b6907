package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.Transaction;
import java.util.List;
import java.util.function.Consumer;

/// Writes planned changes of agents and services: one event each, whatever changed of it.
/// Thread-safe.
final class ApplySubjectWrites {
  private final Plumbing plumbing;
  private final SubjectWrites writes;

  ApplySubjectWrites(Plumbing plumbing, SubjectWrites writes) {
    this.plumbing = plumbing;
    this.writes = writes;
  }

  /// A new one, still without a revision.
  record Made(Subject subject, List<Registration> registrations, List<FieldChange> fields) {}

  /// A changed one.
  record Step(SubjectStep step, List<Registration> added, List<Registration> removed) {}

  void create(Transaction tx, Occasion occasion, Made made, Consumer<RegistryChange> news) {
    Subject subject = made.subject.at(tx.meta().nextRegistryNumber());
    tx.subjects().insert(subject);
    made.registrations.forEach(tx.subjects()::insert);
    EventKind kind = isAgent(subject) ? EventKind.AGENT_CREATED : EventKind.SERVICE_CREATED;
    journal(
        tx,
        occasion,
        subject,
        new SubjectStep.What(
            kind,
            details(made.fields)
                .and("name", subject.handle().display())
                .and("revision", subject.revision())));
    news.accept(
        new RegistryChange(
            subject.revision(),
            subject.id(),
            made.registrations.stream()
                .map(registration -> new RegistryEntry(subject, registration))
                .toList()));
  }

  void change(Transaction tx, Occasion occasion, Step step, Consumer<RegistryChange> news) {
    Subject before = step.step.before();
    if (!before.handle().equals(step.step.after().handle())) {
      tx.subjects().insert(Lives.spent(before, SpentName.Why.TRANSFERRED, occasion.now()));
    }
    step.added.forEach(tx.subjects()::insert);
    step.removed.forEach(registration -> tx.subjects().remove(registration, occasion.now()));
    writes.carryOut(tx, occasion, step.step, news);
  }

  void retire(Transaction tx, Occasion occasion, SubjectStep step, Consumer<RegistryChange> news) {
    tx.subjects().insert(Lives.spent(step.before(), SpentName.Why.RETIRED, occasion.now()));
    writes.carryOut(tx, occasion, step, news);
  }

  /// It belongs to another set, and is what it was: nodes need not hear of it.
  void joined(Transaction tx, Occasion occasion, Subject subject, List<FieldChange> fields) {
    journal(tx, occasion, subject, what(subject, false, fields));
  }

  private void journal(Transaction tx, Occasion occasion, Subject subject, SubjectStep.What what) {
    plumbing
        .journal()
        .append(
            tx,
            what.details()
                .and("reason", occasion.reason())
                .event(
                    what.kind(),
                    occasion.actor(),
                    SubjectWrites.about(subject),
                    occasion.request()),
            occasion.now());
  }

  static SubjectStep.What what(Subject subject, boolean transfer, List<FieldChange> fields) {
    EventKind kind;
    if (isAgent(subject)) {
      kind = transfer ? EventKind.AGENT_TRANSFERRED : EventKind.AGENT_UPDATED;
    } else {
      kind = transfer ? EventKind.SERVICE_TRANSFERRED : EventKind.SERVICE_UPDATED;
    }
    return new SubjectStep.What(kind, details(fields));
  }

  static SubjectStep.What retired(Subject subject, List<FieldChange> fields) {
    return new SubjectStep.What(
        isAgent(subject) ? EventKind.AGENT_RETIRED : EventKind.SERVICE_RETIRED, details(fields));
  }

  private static boolean isAgent(Subject subject) {
    return subject.handle().kind() == SubjectKind.AGENT;
  }

  /// Each registration under a number of its own: none hides another.
  private static Details details(List<FieldChange> fields) {
    Details details = Details.none();
    int registrations = 0;
    for (FieldChange field : fields) {
      String key =
          field.field().equals("registration") ? "registration-" + ++registrations : field.field();
      details.and(key + ".from", field.before()).and(key + ".to", field.after());
    }
    return details;
  }
}

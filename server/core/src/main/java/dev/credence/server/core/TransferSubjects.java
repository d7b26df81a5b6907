package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeRunner.Undertaking;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Hands agents and services over to another owner: each keeps its id, its record and its history,
/// and gets another SPIFFE ID. Executions under the old one end, and the old name is spent. All or
/// nothing. Thread-safe.
public final class TransferSubjects {
  /// Why executions end.
  static final String TRANSFERRED = "subject-transferred";

  private static final String OPERATION = "transfer-subjects";

  private final ChangeRunner runner;
  private final SubjectWrites writes;
  private final CoreSettings settings;

  TransferSubjects(ChangeRunner runner, SubjectWrites writes, CoreSettings settings) {
    this.runner = runner;
    this.writes = writes;
    this.settings = settings;
  }

  /// What is asked for.
  ///
  /// @param from name or id of the owner that hands over
  /// @param to name or id of the one that takes
  /// @param agents names; with `services` empty too: all that are not retired
  public record Transfer(String from, String to, List<String> agents, List<String> services) {
    public Transfer {
      agents = List.copyOf(agents);
      services = List.copyOf(services);
    }

    boolean isOfAll() {
      return agents.isEmpty() && services.isEmpty();
    }
  }

  /// The answer shows the owner that takes; its fields are old and new SPIFFE IDs. Errors: INVALID
  /// (all problems at once), NOT_FOUND, STALE (revision of the owner that hands over),
  /// REQUEST_REUSED, UNAVAILABLE.
  public Changed<OwnerView> run(Actor actor, ChangeAsk ask, Transfer transfer)
      throws ServerException {
    var question =
        Fingerprint.of(OPERATION)
            .text(transfer.from)
            .text(transfer.to)
            .texts(transfer.agents)
            .texts(transfer.services);
    return runner.run(
        actor,
        ask,
        new Undertaking<>(
            OPERATION, question, view -> plan(view, ask, transfer), Views.showingOwner()));
  }

  private Plan plan(View view, ChangeAsk ask, Transfer transfer) throws ServerException {
    Owner from = References.knownOwner(view, transfer.from);
    ask.requireRevision("owner " + from.name(), from.revision());
    Owner to = References.knownOwner(view, transfer.to);
    requireTaker(from, to);
    List<Subject> subjects = subjects(view, from, transfer);
    requireFree(view, subjects, to);
    List<FieldChange> fields = new ArrayList<>();
    List<SubjectStep> steps = new ArrayList<>();
    for (Subject subject : subjects) {
      FieldChange field = field(subject, subject.of(to));
      fields.add(field);
      steps.add(step(view, subject, to, field));
    }
    List<Affected> affected = steps.stream().flatMap(step -> step.affected().stream()).toList();
    return new Plan(
        to.id(),
        fields,
        affected,
        (tx, occasion) -> {
          for (SubjectStep step : steps) {
            tx.subjects()
                .insert(Lives.spent(step.before(), SpentName.Why.TRANSFERRED, occasion.now()));
            writes.carryOut(tx, occasion, step);
          }
        });
  }

  static void requireTaker(Owner from, Owner to) throws ServerException {
    if (from.id().equals(to.id())) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format("owner %s: hands over to itself (expected: another owner)", from.name()));
    }
    if (to.state() != OwnerState.ACTIVE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format("owner %s: %s (expected: active)", to.name(), Lives.word(to.state())));
    }
  }

  private static List<Subject> subjects(View view, Owner from, Transfer transfer)
      throws ServerException {
    if (transfer.isOfAll()) {
      return view.subjects().of(from.id()).stream()
          .filter(subject -> subject.state() != SubjectState.RETIRED)
          .toList();
    }
    var problems = new Problems();
    List<Subject> named = new ArrayList<>();
    for (String name : transfer.agents) {
      find(view, from, SubjectKind.AGENT, name, problems).ifPresent(named::add);
    }
    for (String name : transfer.services) {
      find(view, from, SubjectKind.SERVICE, name, problems).ifPresent(named::add);
    }
    problems.throwIfAny();
    return named.stream().distinct().toList();
  }

  private static Optional<Subject> find(
      View view, Owner from, SubjectKind kind, String raw, Problems problems) {
    Optional<Subject> found =
        problems
            .name(kind.label(), raw)
            .flatMap((Name name) -> view.subjects().find(kind, from.name(), name));
    if (found.isEmpty()) {
      problems.add(
          Texts.format(
              "%s %s: not found (expected: one of owner %s)",
              kind.label(), Printable.quoted(raw), from.name()));
    } else if (found.get().state() == SubjectState.RETIRED) {
      problems.add(
          Texts.format("%s: retired (expected: not retired)", SubjectDetails.thing(found.get())));
      return Optional.empty();
    }
    return found;
  }

  // Every name that is taken is said at once.
  static void requireFree(View view, List<Subject> subjects, Owner to) throws ServerException {
    var problems = new Problems();
    for (Subject subject : subjects) {
      Subject.Handle there = subject.of(to).handle();
      Optional<SpentName> spent = view.subjects().spent(to.id(), there.kind(), there.name());
      if (spent.isPresent()) {
        problems.add(
            Texts.format(
                "%s %s: %s at %s (expected: a name never used before)",
                there.kind().label(),
                there.display(),
                Lives.word(spent.get().why()),
                spent.get().at()));
      } else if (view.subjects().find(there.kind(), there.owner(), there.name()).isPresent()) {
        problems.add(
            Texts.format(
                "%s %s: there is one (expected: a name never used before)",
                there.kind().label(), there.display()));
      }
    }
    problems.throwIfAny();
  }

  private FieldChange field(Subject before, Subject after) {
    return new FieldChange(
        SubjectDetails.thing(before),
        "spiffe-id",
        before.handle().identity().in(settings.trustDomain()).toString(),
        after.handle().identity().in(settings.trustDomain()).toString());
  }

  private static SubjectStep step(View view, Subject before, Owner to, FieldChange field) {
    boolean agent = before.handle().kind() == SubjectKind.AGENT;
    return new SubjectStep(
        before,
        before.of(to),
        view.subjects().registrationsOf(before.id()),
        Withheld.of(before.state(), to.state()),
        Fates.end(view, before, TRANSFERRED),
        new SubjectStep.What(
            agent ? EventKind.AGENT_TRANSFERRED : EventKind.SERVICE_TRANSFERRED,
            Lives.details(List.of(field))));
  }
}

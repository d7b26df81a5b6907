package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.ApplyReport.Problem;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes persons, owners, agents and services as a set of declarations says, in one transaction:
/// everything or nothing. What is so already is left alone. The plan is made on a reader first, and
/// again inside the transaction, and nodes are told of all of it at once. Thread-safe.
public final class ApplySet {
  /// How much one call may declare.
  public static final int MOST_OBJECTS = 5_000;

  private static final String OPERATION = "apply-set";
  private static final int LONGEST_REASON = 512;
  private static final int PROBLEMS_SHOWN = 10;

  private final Plumbing plumbing;
  private final Registry registry;
  private final ApplyPersons persons;
  private final ApplyOwners owners;
  private final ApplySubjects subjects;
  private final AnswerFormat<ApplyReport> format = new ApplyFormat();

  ApplySet(
      Plumbing plumbing, CoreSettings settings, Registry registry, SubjectWrites subjectWrites) {
    this.plumbing = plumbing;
    this.registry = registry;
    this.persons = new ApplyPersons(plumbing);
    this.owners = new ApplyOwners(plumbing);
    this.subjects = new ApplySubjects(plumbing, settings, subjectWrites);
  }

  /// A dry run has its problems in the answer. Errors: INVALID (with the first problems; the set's
  /// name, nothing to prune by), EXHAUSTED (too much declared), STALE (another plan came out than
  /// was expected), REFUSED (something that whoever applies may not touch), REQUEST_REUSED,
  /// UNAVAILABLE.
  public ApplyReport run(Actor actor, ApplyAsk ask, List<Declared> declared)
      throws ServerException {
    if (ask.dryRun()) {
      Optional<Name> set = check(ask, declared);
      return plumbing
          .refusals()
          .watchDryRun(
              actor,
              OPERATION,
              () -> plumbing.database().read(view -> plan(view, actor, ask, set, declared).told()));
    }
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> apply(actor, ask, declared));
  }

  private ApplyReport apply(Actor actor, ApplyAsk ask, List<Declared> declared)
      throws ServerException {
    Optional<Name> set = check(ask, declared);
    RequestId request =
        ask.request()
            .orElseThrow(() ->
                new ServerException(Kind.INVALID, "request_id: none (expected: 16 random bytes)"));
    var fingerprint =
        Fingerprint.of(OPERATION)
            .text(ask.reason())
            .text(ask.scope().toString())
            .text(ask.expected().plan())
            .texts(declared)
            .digest();
    var call = new Call(actor, request, fingerprint, Right.REGISTER);
    // On a reader first: what comes to nothing never holds the one writer.
    Optional<ApplyReport> earlier =
        plumbing
            .database()
            .read(view -> {
              Optional<ApplyReport> answer = plumbing.writes().earlier(call, format, view);
              if (answer.isEmpty()) {
                ApplyPlan _ = accepted(view, actor, ask, set, declared);
              }
              return answer;
            });
    if (earlier.isPresent()) {
      return earlier.get();
    }
    return plumbing
        .writes()
        .write(
            call,
            format,
            tx -> {
              ApplyPlan plan = accepted(tx, actor, ask, set, declared);
              carryOut(
                  tx, new Occasion(actor, request, ask.reason(), plumbing.database().now()), plan);
              return plan.done();
            });
  }

  private ApplyPlan accepted(
      View view, Actor actor, ApplyAsk ask, Optional<Name> set, List<Declared> declared)
      throws ServerException {
    ApplyPlan plan = plan(view, actor, ask, set, declared);
    requirePossible(plan);
    requireExpected(plan, ask.expected());
    return plan;
  }

  private void carryOut(Transaction tx, Occasion occasion, ApplyPlan plan) {
    List<RegistryChange> news = new ArrayList<>();
    // Before anything that a step does after the commit: a node hears what leads where, all of it
    // at once, and then what has ended.
    tx.afterCommit(() -> registry.publish(news));
    plan.steps().forEach(step -> step.making().in(tx, occasion, news::add));
  }

  private static Optional<Name> check(ApplyAsk ask, List<Declared> declared)
      throws ServerException {
    if (declared.size() > MOST_OBJECTS) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format(
              "declarations: %d (expected: at most %d at once)", declared.size(), MOST_OBJECTS));
    }
    var problems = new Problems();
    problems.text("reason", ask.reason(), LONGEST_REASON);
    ApplyAsk.Scope scope = ask.scope();
    Optional<Name> set =
        scope.set().isEmpty() ? Optional.empty() : problems.name("set", scope.set());
    if (scope.set().isEmpty() && (scope.prune() || scope.adopt())) {
      problems.add(
          Texts.format(
              "%s: without a set (expected: the declarations name theirs)",
              scope.prune() ? "prune" : "adopt"));
    }
    if (declared.isEmpty()) {
      problems.add("declarations: none (expected: at least one)");
    }
    problems.throwIfAny();
    return set;
  }

  private ApplyPlan plan(
      View view, Actor actor, ApplyAsk ask, Optional<Name> set, List<Declared> declared)
      throws ServerException {
    ApplyReach reach = ApplyReach.of(view, actor);
    if (set.isPresent()) {
      reach.requireSet(view, set.get());
    }
    // As it will be in the database: milliseconds.
    Instant now = plumbing.database().now();
    var work = new ApplyWork(new PlannedView(view), set, ask.scope().adopt(), now, reach);
    List<Declared> once = once(work, declared);
    only(Declared.Person.class, once)
        .forEach(person -> work.plan(person, () -> persons.plan(work, person)));
    owners.plan(work, only(Declared.Owner.class, once));
    List<Declared.Subject> leads = only(Declared.Subject.class, once);
    subjects.plan(work, leads);
    work.requireReached();
    boolean prune = ask.scope().prune();
    List<String> left = work.hasProblems() ? List.of() : rest(work, prune);
    // What is pruned makes room, and it is not known what that is while there are problems.
    if (!prune || !work.hasProblems()) {
      subjects.requireRoom(work, leads);
    }
    return work.done(work.hasProblems() ? List.of() : left);
  }

  private static List<Declared> once(ApplyWork work, List<Declared> declared) {
    Map<String, Declared> first = new HashMap<>();
    List<Declared> once = new ArrayList<>();
    for (Declared thing : declared) {
      Declared earlier = first.putIfAbsent(thing.thing(), thing);
      if (earlier == null) {
        once.add(thing);
      } else {
        work.fail(thing, Texts.format("declared at %s too (expected: once)", earlier.position()));
      }
    }
    return once;
  }

  private static <T extends Declared> List<T> only(Class<T> kind, List<Declared> declared) {
    return declared.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /// What belongs to the set and is not declared any more: retired, or said to stay.
  private List<String> rest(ApplyWork work, boolean prune) {
    List<String> left = new ArrayList<>();
    for (SetMember member : work.view().members(work.set())) {
      if (work.isDeclared(member.thing())) {
        continue;
      }
      Optional<Subject> subject =
          work.view()
              .subjects()
              .find(member.thing())
              .filter(it -> it.state() != SubjectState.RETIRED);
      if (subject.isPresent() && prune) {
        subjects.retire(work, subject.get());
      } else {
        subject
            .map(SubjectDetails::thing)
            .or(() -> other(work.view(), member))
            .ifPresent(left::add);
      }
    }
    return left;
  }

  /// Owners and persons stay: others may rest on them.
  private static Optional<String> other(View view, SetMember member) {
    Optional<String> owner =
        view.owners()
            .find(member.thing())
            .filter(it -> it.state() != OwnerState.RETIRED)
            .map(Owner::name)
            .map(name -> "owner " + name);
    return owner.or(
        () -> view.owners().person(member.thing()).map(Person::name).map(name -> "person " + name));
  }

  private static void requirePossible(ApplyPlan plan) throws ServerException {
    if (plan.problems().isEmpty()) {
      return;
    }
    List<String> shown =
        plan.problems().stream().limit(PROBLEMS_SHOWN).map(ApplySet::line).toList();
    int more = plan.problems().size() - shown.size();
    throw new ServerException(
        Kind.INVALID, String.join("; ", shown) + (more > 0 ? "; and " + more + " more" : ""));
  }

  private static String line(Problem problem) {
    return Texts.format(
        "%s%s: %s",
        problem.position().isEmpty() ? "" : problem.position() + ": ",
        problem.thing(),
        problem.message());
  }

  private static void requireExpected(ApplyPlan plan, ApplyAsk.Expected expected)
      throws ServerException {
    if (expected.plan().isEmpty() || expected.plan().equals(plan.digest())) {
      return;
    }
    Map<String, Long> now = new HashMap<>();
    plan.steps().forEach(step -> now.put(step.change().thing(), step.change().revision()));
    List<String> moved =
        expected.revisions().entrySet().stream()
            .filter(it -> !it.getValue().equals(now.getOrDefault(it.getKey(), -1L)))
            .map(Map.Entry::getKey)
            .sorted()
            .limit(PROBLEMS_SHOWN)
            .toList();
    throw new ServerException(
        Kind.STALE,
        Texts.format(
            "the plan is another one by now%s (expected: %s; look at it again)",
            moved.isEmpty() ? "" : ": changed meanwhile: " + String.join(", ", moved),
            expected.plan()));
  }
}

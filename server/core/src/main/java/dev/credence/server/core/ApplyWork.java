package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.ApplyReport.Problem;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.SetMember;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The making of one plan: what was planned so far, what stands in the way, and what is so already.
/// Confined to one thread.
final class ApplyWork {
  private final PlannedView view;
  private final Optional<Name> set;
  private final boolean adopt;
  private final Instant now;
  private final ApplyReach reach;
  private final List<ApplyStep> steps = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> failed = new HashSet<>();
  private final Set<Id> declared = new HashSet<>();
  private final Set<Name> otherSets = new HashSet<>();
  private Optional<ServerException> refusal = Optional.empty();
  private int unchanged;

  ApplyWork(PlannedView view, Optional<Name> set, boolean adopt, Instant now, ApplyReach reach) {
    this.view = view;
    this.set = set;
    this.adopt = adopt;
    this.now = now;
    this.reach = reach;
  }

  /// What whoever applies may touch.
  ApplyReach reach() {
    return reach;
  }

  PlannedView view() {
    return view;
  }

  Instant now() {
    return now;
  }

  Optional<Name> set() {
    return set;
  }

  /// Decides about one thing.
  @FunctionalInterface
  interface Planning {
    void run() throws ServerException;
  }

  /// Plans one thing; what stands in its way is noted.
  void plan(Declared thing, Planning planning) {
    try {
      planning.run();
    } catch (ServerException e) {
      if (e.kind() == Kind.REFUSED && refusal.isEmpty()) {
        refusal = Optional.of(e);
      }
      fail(thing, String.valueOf(e.getMessage()));
    }
  }

  /// What may not be done is no problem of the declarations, and hides what else they would meet.
  void requireReached() throws ServerException {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  void fail(Declared thing, String message) {
    failed.add(thing.thing());
    problems.add(new Problem(thing.position(), thing.thing(), message));
  }

  /// If `other` failed, so does what rests on it; that is said once, where it began.
  boolean restsOnFailed(Declared thing, String other) {
    if (!failed.contains(other)) {
      return false;
    }
    failed.add(thing.thing());
    return true;
  }

  void add(ApplyStep step) {
    steps.add(step);
  }

  void unchanged() {
    unchanged++;
  }

  /// It is declared, so pruning passes it by.
  void declared(Id id) {
    declared.add(id);
  }

  boolean isDeclared(Id id) {
    return declared.contains(id);
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  /// The set that a thing that exists is to join, as a change; empty: it stays where it is. Errors:
  /// BLOCKED (it belongs to another one).
  Optional<FieldChange> joining(String thing, Id id) throws ServerException {
    Optional<Name> present = view.sets().of(id);
    if (present.equals(set) || (present.isEmpty() && !adopt)) {
      return Optional.empty();
    }
    if (set.isEmpty() || !adopt) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format(
              "belongs to set %s (expected: %s; to take it over: --adopt, with a set)",
              present.orElseThrow(),
              set.map(name -> "one of set " + name + ", or of none").orElse("one of no set")));
    }
    // Once for each set: one that is refused refuses the whole plan.
    if (present.isPresent() && otherSets.add(present.get())) {
      reach.requireSet(view, present.get());
    }
    return Optional.of(joined(thing, present));
  }

  /// The set that a new thing belongs to, as a change; empty: none.
  Optional<FieldChange> joining(String thing) {
    return set.map(_ -> joined(thing, Optional.empty()));
  }

  private FieldChange joined(String thing, Optional<Name> before) {
    return new FieldChange(
        thing, "set", before.map(Name::value).orElse(""), set.map(Name::value).orElse(""));
  }

  /// Makes it so, if there is a change.
  ApplyStep.Making joins(Id id, Optional<FieldChange> joining) {
    return (tx, _, _) ->
        joining.flatMap(_ -> set).ifPresent(name -> tx.sets().put(new SetMember(id, name)));
  }

  ApplyPlan done(List<String> left) {
    return new ApplyPlan(steps, problems, left, unchanged);
  }
}

package dev.credence.server.core;

import dev.credence.server.core.ApplyReport.Action;
import dev.credence.server.core.ApplyReport.Counts;
import dev.credence.server.core.ApplyReport.PlannedChange;
import dev.credence.server.core.ApplyReport.Problem;
import dev.credence.server.core.ApplyReport.Told;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Executions;
import dev.credence.server.core.ChangeReport.FieldChange;
import java.util.List;

/// All that a set of declarations changes, decided on and not yet made.
///
/// @param problems with one, nothing is made
/// @param left what belongs to the set, is not declared, and stays
record ApplyPlan(List<ApplyStep> steps, List<Problem> problems, List<String> left, int unchanged) {
  ApplyPlan {
    steps = List.copyOf(steps);
    problems = List.copyOf(problems);
    left = List.copyOf(left);
  }

  /// The same changes of the same revisions have the same one. What runs meanwhile has no part in
  /// it: executions come and go.
  String digest() {
    var digest = Fingerprint.of("plan").number(steps.size());
    for (ApplyStep step : steps) {
      PlannedChange change = step.change();
      digest.text(change.action().label()).text(change.thing()).number(change.revision());
      digest.number(change.fields().size());
      for (FieldChange field : change.fields()) {
        digest.text(field.field()).text(field.before()).text(field.after());
      }
    }
    return digest.digest().toString();
  }

  private Counts counts() {
    return new Counts(
        count(Action.CREATE),
        count(Action.UPDATE),
        count(Action.TRANSFER),
        count(Action.RETIRE),
        unchanged);
  }

  private int count(Action action) {
    return (int) steps.stream().filter(step -> step.change().action() == action).count();
  }

  private Executions executions() {
    List<Affected> all = steps.stream().flatMap(step -> step.executions().stream()).toList();
    int shown = Math.min(all.size(), ChangeReport.MOST_EXECUTIONS);
    return new Executions(all.subList(0, shown), all.size() - shown);
  }

  ApplyReport told() {
    var changes = steps.stream().map(ApplyStep::change).toList();
    return new ApplyReport(
        false, digest(), counts(), executions(), new Told(changes, problems, left));
  }

  ApplyReport done() {
    return new ApplyReport(true, digest(), counts(), executions(), Told.nothing());
  }
}

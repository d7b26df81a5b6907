package dev.credence.server.core;

import dev.credence.server.core.model.Governance;
import java.time.Duration;
import java.util.List;

/// Bounds of a governance record, so that what is kept and shown stays small and readable.
/// Stateless.
final class GovernanceRules {
  private static final int MOST_ITEMS = 64;
  private static final int LONGEST_ITEM = 256;
  private static final int LONGEST_PURPOSE = 4096;

  void check(Governance governance, Problems problems) {
    problems.text("purpose", governance.purpose(), LONGEST_PURPOSE);
    problems.text("schedule", governance.scope().schedule(), LONGEST_ITEM);
    list("tools", governance.scope().tools(), problems);
    list("data classes", governance.scope().dataClasses(), problems);
    list("role ceiling", governance.authority().roleCeiling(), problems);
    list("standing roles", governance.authority().standingRoles(), problems);
    list("approval boundaries", governance.approvals().boundaries(), problems);
    list("approvers", governance.approvals().approvers(), problems);
    standing(governance.authority().standing(), problems);
    governance
        .life()
        .maximum()
        .filter(life -> life.compareTo(Duration.ofSeconds(1)) < 0)
        .ifPresent(life ->
            problems.add(
                Texts.format(
                    "maximum lifetime: %s (expected: at least 1s)", Durations.text(life))));
  }

  private static void list(String what, List<String> items, Problems problems) {
    if (items.size() > MOST_ITEMS) {
      problems.add(Texts.format("%s: %d (expected: at most %d)", what, items.size(), MOST_ITEMS));
      return;
    }
    items.forEach(item -> problems.text(what, item, LONGEST_ITEM));
  }

  private static void standing(List<Governance.Standing> lines, Problems problems) {
    if (lines.size() > MOST_ITEMS) {
      problems.add(
          Texts.format("standing authority: %d (expected: at most %d)", lines.size(), MOST_ITEMS));
      return;
    }
    for (Governance.Standing line : lines) {
      problems.text("task type", line.taskType(), LONGEST_ITEM);
      problems.text("budget", line.budget(), LONGEST_ITEM);
      list("roles of standing authority", line.roles(), problems);
    }
  }
}

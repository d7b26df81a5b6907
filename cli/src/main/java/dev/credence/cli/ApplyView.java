package dev.credence.cli;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.ApplySummary;
import dev.credence.proto.admin.v1.Change;
import dev.credence.proto.admin.v1.FieldChange;
import dev.credence.proto.admin.v1.PlannedChange;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A plan as people read it: `+` created, `~` updated, `>` handed over, `-` retired, with what
/// becomes of running executions.
///
/// @param colours the terminal shows them
record ApplyView(ApplyResponse plan, boolean colours) {

  private enum Sign {
    CREATE("+", "32"),
    UPDATE("~", "33"),
    TRANSFER(">", "35"),
    RETIRE("-", "31");

    private final String mark;
    private final String colour;

    Sign(String mark, String colour) {
      this.mark = mark;
      this.colour = colour;
    }

    static Sign of(String action) {
      return switch (action) {
        case "create" -> CREATE;
        case "transfer" -> TRANSFER;
        case "retire" -> RETIRE;
        default -> UPDATE;
      };
    }
  }

  /// The plan, before it is carried out.
  Consumer<PrintWriter> sheet() {
    return this::print;
  }

  /// The last line, after it was carried out.
  Consumer<PrintWriter> done() {
    return out -> {
      out.println("done: " + counts(plan.getSummary(), "created", "updated"));
      out.flush();
    };
  }

  private void print(PrintWriter out) {
    left(out);
    if (plan.getChangesCount() == 0) {
      out.println(
          Text.of(
              "nothing to change: %s so already",
              plan.getSummary().getUnchanged() == 1
                  ? "the one thing declared is"
                  : "all " + Integer.toUnsignedString(plan.getSummary().getUnchanged()) + " are"));
      out.flush();
      return;
    }
    plan.getChangesList().forEach(change -> change(out, change));
    executions(out);
    out.println();
    out.println(
        "plan "
            + plan.getSummary().getPlan()
            + ": "
            + counts(plan.getSummary(), "to create", "to update"));
    out.flush();
  }

  private void left(PrintWriter out) {
    if (plan.getLeftCount() == 0) {
      return;
    }
    out.println(
        "of this set, not declared any more, and left as it is (agents and services: --prune):");
    plan.getLeftList().forEach(thing -> out.println("    " + Printable.line(thing)));
    out.println();
  }

  private void change(PrintWriter out, PlannedChange change) {
    Sign sign = Sign.of(change.getAction());
    out.println(coloured(sign, sign.mark + " " + Printable.line(change.getThing())));
    change.getFieldsList().forEach(field -> out.println("    " + line(field, sign == Sign.CREATE)));
  }

  private static String line(FieldChange field, boolean created) {
    String before = Printable.line(field.getBefore());
    String after = Printable.line(field.getAfter());
    String name = Printable.line(field.getField());
    if (created) {
      return name + ": " + after;
    }
    if (field.getField().equals("registration")) {
      return before.isEmpty() ? "+ registration: " + after : "- registration: " + before;
    }
    return name + ": " + shown(before) + " → " + shown(after);
  }

  private static String shown(String value) {
    return value.isEmpty() ? "(none)" : value;
  }

  private String coloured(Sign sign, String text) {
    return colours ? "\u001b[" + sign.colour + "m" + text + "\u001b[0m" : text;
  }

  private void executions(PrintWriter out) {
    ApplySummary summary = plan.getSummary();
    if (summary.getExecutionsCount() == 0) {
      return;
    }
    out.println();
    new ChangeView(
            Change.newBuilder()
                .addAllExecutions(summary.getExecutionsList())
                .setMoreExecutions(summary.getMoreExecutions())
                .build())
        .executions(out);
  }

  private static String counts(ApplySummary summary, String create, String update) {
    boolean done = summary.getDone();
    List<String> counts = new ArrayList<>();
    add(counts, summary.getCreated(), create);
    add(counts, summary.getUpdated(), update);
    add(counts, summary.getTransferred(), done ? "handed over" : "to hand over");
    add(counts, summary.getRetired(), done ? "retired" : "to retire");
    add(counts, summary.getUnchanged(), "unchanged");
    return String.join(", ", counts);
  }

  private static void add(List<String> counts, int number, String what) {
    if (number != 0) {
      counts.add(Integer.toUnsignedString(number) + " " + what);
    }
  }
}

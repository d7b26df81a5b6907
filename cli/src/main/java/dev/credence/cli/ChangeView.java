package dev.credence.cli;

import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.AffectedExecution;
import dev.credence.proto.admin.v1.Change;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// What a change did, or would do, as people read it: the same list before and after.
record ChangeView(Change change) {

  Consumer<PrintWriter> sheet(Times times) {
    return out -> print(out, times);
  }

  private void print(PrintWriter out, Times times) {
    if (change.getFieldsCount() == 0) {
      out.println(already(times.format(change.getAlreadySince())));
      out.flush();
      return;
    }
    out.println(change.getDone() ? "done" : "dry run: nothing was changed; this would be");
    out.println();
    fields(out);
    if (change.getExecutionsCount() > 0) {
      out.println();
      executions(out);
    }
    out.flush();
  }

  /// @param since empty: not known
  static String already(String since) {
    return "nothing to change: it is so already" + (since.isEmpty() ? "" : ", since " + since);
  }

  private void fields(PrintWriter out) {
    var table = new Table("WHAT", "FIELD", "OLD", "NEW");
    for (var field : change.getFieldsList()) {
      table.row(field.getThing(), field.getField(), field.getBefore(), field.getAfter());
    }
    table.print(out);
  }

  void executions(PrintWriter out) {
    var table = new Table("EXECUTION", "OF", "PID", "NODE", "EFFECT");
    for (var execution : change.getExecutionsList()) {
      table.row(
          execution.getExecutionId(),
          execution.getSubject(),
          Integer.toUnsignedString(execution.getPid()),
          execution.getNodeId(),
          effect(execution));
    }
    table.print(out);
    if (change.getMoreExecutions() != 0) {
      out.println("and " + Integer.toUnsignedString(change.getMoreExecutions()) + " more");
    }
  }

  private static String effect(AffectedExecution execution) {
    return switch (execution.getEffect()) {
      case "ends" -> "ends: " + execution.getReason();
      case "renews" -> "goes on, with a new SVID";
      case "stays" -> "goes on, with the SVID it has";
      case "moves" -> "goes on through another registration, with a new SVID";
      default -> execution.getEffect();
    };
  }
}

package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Bar;
import dev.credence.proto.admin.v1.RevokeExecutionResponse;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/// Bars, and what sets them, as people read them.
record BarView(Times times) {

  Consumer<PrintWriter> table(List<Bar> bars) {
    var table =
        new Table("EXECUTION", "WHO", "NODE", "BARRED", "BY", "REASON", "LIFTED", "LIFTED BY");
    for (var bar : bars) {
      table.row(
          bar.getExecutionId(),
          who(bar),
          bar.getNodeId(),
          times.format(bar.getSetAt()),
          bar.getSetBy(),
          bar.getReason(),
          times.format(bar.getLiftedAt()),
          bar.getLiftedBy());
    }
    return table::print;
  }

  Consumer<PrintWriter> sheet(Bar bar) {
    return lines(new Sheet(), bar)::print;
  }

  Consumer<PrintWriter> revoked(RevokeExecutionResponse revoked) {
    var execution = revoked.getExecution();
    var sheet =
        new Sheet()
            .line("Execution", execution.getId())
            .line("Ended", times.format(execution.getEndedAt()))
            .line("Why", execution.getEndReason())
            .line("Others ended with it", Integer.toUnsignedString(revoked.getOthers()))
            .section("Bar");
    return lines(sheet, revoked.getBar())::print;
  }

  private Sheet lines(Sheet sheet, Bar bar) {
    sheet
        .line(Labels.of(bar.getSubjectKind()).equals("agent") ? "Agent" : "Service", who(bar))
        .line("SPIFFE ID", bar.getSpiffeId())
        .line("Node", bar.getNodeId())
        .line("Set by revoking", bar.getExecutionId())
        .line("Set", times.format(bar.getSetAt()) + " by " + bar.getSetBy())
        .line("Reason", bar.getReason());
    return bar.hasLiftedAt()
        ? sheet
            .line("Lifted", times.format(bar.getLiftedAt()) + " by " + bar.getLiftedBy())
            .line("Lifted because", bar.getLiftedReason())
        : sheet.line("Lifted", "no, it is in force");
  }

  private static String who(Bar bar) {
    return bar.getOwner() + "/" + bar.getAgent();
  }
}

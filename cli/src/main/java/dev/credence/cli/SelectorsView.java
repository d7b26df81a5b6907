package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Table;
import dev.credence.proto.local.v1.SelectorsSeen;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// The selectors of a process, for people.
record SelectorsView(SelectorsSeen seen) {

  Consumer<PrintWriter> table() {
    if (!seen.getProblem().isEmpty()) {
      return out -> {
        out.println("cannot be attested: " + Printable.line(seen.getProblem()));
        out.flush();
      };
    }
    var table = new Table("SELECTOR", "CODE", "CONTROLLED BY", "READ FROM");
    seen.getAttestation()
        .getPropertiesList()
        .forEach(property ->
            table.row(
                Labels.of(property.getSelector()),
                Labels.of(property.getCode()),
                property.getControlledBy(),
                property.getSource()));
    return out -> {
      table.print(out);
      out.println();
      out.println("isolation: " + Labels.of(seen.getAttestation().getIsolation()));
      gaps(out);
    };
  }

  private void gaps(PrintWriter out) {
    if (seen.getGapsCount() > 0) {
      out.println();
      var gaps = new Table("NOT ATTESTED", "WHY");
      seen.getGapsList().forEach(gap -> gaps.row(gap.getKind(), gap.getReason()));
      gaps.print(out);
    }
    out.flush();
  }
}

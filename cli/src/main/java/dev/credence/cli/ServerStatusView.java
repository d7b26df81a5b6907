package dev.credence.cli;

import dev.credence.certs.Id;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Text;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.ServerStatus;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// How a server stands, as people read it.
record ServerStatusView(Times times) {

  Consumer<PrintWriter> sheet(ServerStatus status) {
    var clock = status.getClock();
    return new Sheet()
            .line("Trust domain", status.getTrustDomain())
            .line("Version", status.getVersion())
            .line("Serving", status.getServing() ? "yes" : "no: " + status.getReason())
            .line("Started", times.format(status.getStartedAt()))
            .line("Database", status.getDatabase())
            .line("Epoch", epoch(status))
            .line("Last event", Long.toUnsignedString(status.getLastEvent()))
            .line("Clock", times.format(clock.getNow()))
            .line("Highest time stored", clock.hasHighest() ? times.format(clock.getHighest()) : "")
            .line(
                "Clock believed",
                clock.getProblem().isEmpty() ? "yes" : Text.of("no: %s", clock.getProblem()))
        ::print;
  }

  /// Empty while the database cannot be read.
  private static String epoch(ServerStatus status) {
    return status.getEpoch().isEmpty()
        ? ""
        : Id.fromBytes(status.getEpoch().toByteArray()).toString();
  }
}

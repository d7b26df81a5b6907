package dev.credence.cli;

import dev.credence.cli.print.Times;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Map;

/// Where a command runs: its output, its environment, the time there. `clock` carries the local
/// zone.
record Terminal(PrintWriter out, PrintWriter err, Map<String, String> environment, Clock clock) {

  Terminal {
    environment = Map.copyOf(environment);
  }

  Times times() {
    return new Times(clock.getZone());
  }
}

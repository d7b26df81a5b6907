package dev.credence.cli;

import dev.credence.cli.print.Times;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Map;

/// Where a command runs: its output, its environment, the time there. `clock` carries the local
/// zone.
///
/// @param colours the output is a terminal that shows them
record Terminal(
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    Clock clock,
    InputStream in,
    boolean colours) {

  Terminal {
    environment = Map.copyOf(environment);
  }

  /// Without input, and without colours.
  Terminal(PrintWriter out, PrintWriter err, Map<String, String> environment, Clock clock) {
    this(out, err, environment, clock, InputStream.nullInputStream(), false);
  }

  Times times() {
    return new Times(clock.getZone());
  }
}

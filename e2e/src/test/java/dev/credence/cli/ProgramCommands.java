package dev.credence.cli;

import dev.credence.cli.local.Installation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine;

/// The program's commands, as the program itself builds them; nothing is run.
public final class ProgramCommands {

  private ProgramCommands() {}

  /// The root command.
  public static CommandLine root() {
    var nowhere = new PrintWriter(new StringWriter());
    var terminal = new Terminal(nowhere, nowhere, Map.of(), Clock.systemUTC());
    return new CommandTree(terminal, Installation.of(new Properties(), Map.of())).build();
  }
}

package dev.credence.cli;

import dev.credence.cli.local.Installation;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/// The program `credence`, except for `credence server` and `credence node --config`, which the
/// launcher starts as programs of their own.
public final class Main {

  private Main() {}

  /// Runs one command and exits with its code: 0 done, 1 refused or failed, 2 usage, 3 cannot reach
  /// the daemon.
  @ForbiddenApiAllowed(
      "the entry point: standard output is a command's output, the environment its surroundings")
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("version")) {
      // Asked often, by scripts: answered before the rest of the program is loaded.
      System.out.println(Version.line());
      return;
    }
    var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Quiet.libraries();
    var environment = System.getenv();
    var terminal =
        new Terminal(
            out,
            err,
            environment,
            Clock.system(ZoneId.systemDefault()),
            System.in,
            showsColours(environment));
    var code =
        new CommandTree(terminal, Installation.of(System.getProperties(), environment)).run(args);
    out.flush();
    // Closed connections leave threads behind that would hold the process for a second.
    System.exit(code);
  }

  /// https://no-color.org
  private static boolean showsColours(Map<String, String> environment) {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "dumb").equals("dumb");
  }
}

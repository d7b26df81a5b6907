package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.print.Text;
import dev.credence.cli.run.LaunchClient;
import dev.credence.cli.run.LaunchOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = {
      "Has the node start a program from its own measured copy of the code, and stays with it: input, output, terminal and signals are the program's, and its exit code is this command's.",
      "The folder of the code is measured whole (see credence agent measure). Nothing is started that no registration of the agent on this node fits.",
      "A program that the node may not start for its caller (a container, a confined process) is executed by this command itself, with what attach mode knows of it."
    })
final class Run implements Callable<Integer> {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  @Option(
      names = "--agent",
      paramLabel = "AGENT",
      required = true,
      description =
          "The agent that it is meant to be: NAME or OWNER/NAME. One of its registrations must fit; the program then has this agent's identity, and no other's.")
  private String agent = "";

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The account to run as. Root must name one; others run as themselves.")
  private String user = "";

  @Option(
      names = "--code",
      paramLabel = "DIR",
      description =
          "The folder of the code (default: the working folder). Paths in the command begin at the working folder all the same: --code bot -- python3 bot/agent.py.")
  private String code = ".";

  @Option(
      names = "--entry",
      paramLabel = "FILE",
      description = "The file that must be what the command runs; anything else is refused.")
  private String entry = "";

  @Option(
      names = "--env",
      paramLabel = "K[=V]",
      description =
          "A variable that the program gets, with its value here or the one given (which everybody on the host can read in this command's arguments); repeatable. One that the registration does not name (launch:env) lowers the code's level to file; one that is known to change the code is refused then.")
  private List<String> variables = new ArrayList<>();

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description =
          "The node's launch socket (default: $$SPIFFE_ENDPOINT_SOCKET's path with .launch behind it).")
  private String socket = "";

  @Parameters(
      paramLabel = "PROGRAM",
      arity = "1..*",
      description = "After --: the program and its arguments.")
  private List<String> command = new ArrayList<>();

  private final Terminal terminal;

  Run(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var order =
        new LaunchOrder(
            agent, user, code, entry, List.copyOf(command), named(), terminal.environment());
    return new LaunchClient(path(), terminal.err()).run(order);
  }

  private Map<String, String> named() {
    var named = new LinkedHashMap<String, String>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      String name = equals < 0 ? variable : variable.substring(0, equals);
      String value = equals < 0 ? terminal.environment().get(name) : variable.substring(equals + 1);
      if (!NAME.matcher(name).matches() || value == null) {
        throw Checked.refused(
            "--env", variable, "K=V, K of letters, digits and _, or a variable that is set here");
      }
      if (named.put(name, value) != null) {
        throw Checked.refused("--env", variable, "each variable once");
      }
    }
    return named;
  }

  private Path path() {
    if (!socket.isEmpty()) {
      return Daemon.NODE.socket(socket, terminal.environment());
    }
    Path api = Daemon.NODE.socket("", terminal.environment());
    Path folder = api.getParent();
    if (folder == null) {
      throw new CommandFailure(
          ExitCode.USAGE, Text.of("socket %s has no folder (expected: an absolute path)", api));
    }
    return folder.resolve(api.getFileName() + ".launch");
  }
}

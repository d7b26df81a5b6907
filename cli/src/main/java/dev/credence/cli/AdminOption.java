package dev.credence.cli;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.cli.remote.Profiles;
import dev.credence.cli.remote.RemoteServer;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// Which server a command talks to: the one on this machine by its socket, or another one as an
/// administrator with a profile for it.
final class AdminOption {

  private static final String SERVER = "CREDENCE_SERVER";
  private static final String PROFILE = "CREDENCE_PROFILE";

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The server's administration socket (default: $CREDENCE_ADMIN_SOCKET).")
  private String socket = "";

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description =
          "A server on another machine, after `credence admin login` (default: $CREDENCE_SERVER).")
  private String server = "";

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "The same by the profile's name, where there are several (default: $CREDENCE_PROFILE).")
  private String profile = "";

  DaemonConnection connect(Terminal terminal) {
    return remote(terminal)
        .map(RemoteServer::open)
        .orElseGet(() ->
            DaemonConnection.open(
                Daemon.SERVER, Daemon.SERVER.socket(socket, terminal.environment())));
  }

  /// The server on another machine.
  ///
  /// @throws CommandFailure if none is named
  RemoteServer elsewhere(Terminal terminal) {
    return remote(terminal)
        .orElseThrow(() ->
            CommandFailure.usage(
                "no server on another machine is named (expected: --server HOST:PORT or --profile NAME)"));
  }

  /// The server on another machine, if one is named. An option counts before every variable; of
  /// each, one at most.
  Optional<RemoteServer> remote(Terminal terminal) {
    only("--socket, --server, --profile", socket, server, profile);
    var environment = terminal.environment();
    if (!socket.isEmpty()) {
      return Optional.empty();
    }
    if (!server.isEmpty() || !profile.isEmpty()) {
      return Optional.of(chosen(terminal, "--server", server, profile));
    }
    var variable = value(environment, SERVER);
    var named = value(environment, PROFILE);
    only(
        Text.of("%s, %s, %s", Daemon.SERVER.variable(), SERVER, PROFILE),
        value(environment, Daemon.SERVER.variable()),
        variable,
        named);
    return variable.isEmpty() && named.isEmpty()
        ? Optional.empty()
        : Optional.of(chosen(terminal, SERVER, variable, named));
  }

  private static RemoteServer chosen(
      Terminal terminal, String source, String address, String name) {
    var profiles = Profiles.in(terminal.environment());
    var found = name.isEmpty() ? profiles.of(parsed(source, address)) : profiles.named(name);
    return new RemoteServer(found, terminal.clock());
  }

  private static ServerAddress parsed(String source, String address) {
    try {
      return ServerAddress.parse(address);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          Text.of(
              "%s: \"%s\" (expected: HOST:PORT, as in the token)",
              source, Printable.line(address)));
    }
  }

  private static String value(Map<String, String> environment, String variable) {
    return environment.getOrDefault(variable, "");
  }

  private static void only(String which, String... values) {
    if (Stream.of(values).filter(value -> !value.isEmpty()).count() > 1) {
      throw CommandFailure.usage(
          Text.of("of %s, several say which server (expected: one of them)", which));
    }
  }
}

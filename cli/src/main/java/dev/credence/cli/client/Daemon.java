package dev.credence.cli.client;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import java.nio.file.Path;
import java.util.Map;

/// The two daemons that commands talk to, and where each is found.
public enum Daemon {
  /// The server's administration socket.
  SERVER("server", "CREDENCE_ADMIN_SOCKET"),
  /// The node's Workload API socket.
  NODE("node", "SPIFFE_ENDPOINT_SOCKET");

  private final String label;
  private final String variable;

  Daemon(String label, String variable) {
    this.label = label;
    this.variable = variable;
  }

  /// "server" or "node"
  public String label() {
    return label;
  }

  /// The environment variable that names its socket.
  public String variable() {
    return variable;
  }

  /// The socket's path, from the option's value if it isn't empty, otherwise from the environment.
  ///
  /// @throws CommandFailure if neither says, or what they say is no path of a Unix socket
  public Path socket(String option, Map<String, String> environment) {
    if (!option.isEmpty()) {
      return parse("--socket", option);
    }
    var value = environment.getOrDefault(variable, "");
    if (value.isEmpty()) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          Text.of(
              "no socket of the %s known: set %s or give --socket (`credence dev` writes both variables to DIR/env)",
              label, variable));
    }
    return this == NODE ? endpoint(value) : parse(variable, value);
  }

  /// The standard's variable has the standard's form, so that every SPIFFE client reads the same.
  private Path endpoint(String value) {
    try {
      return switch (EndpointUri.parse(value)) {
        case EndpointUri.Unix unix -> unix.path();
        case EndpointUri.Tcp _ ->
            throw usage(variable, value, "unix:///path: commands use the node's Unix socket");
      };
    } catch (IllegalArgumentException e) {
      throw usage(variable, value, "unix:///path");
    }
  }

  private static Path parse(String source, String value) {
    try {
      if (!value.startsWith("unix:")) {
        return Path.of(value).toAbsolutePath();
      }
      if (EndpointUri.parse(value) instanceof EndpointUri.Unix unix) {
        return unix.path();
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw usage(source, value, "a path, or unix:///path");
  }

  private static CommandFailure usage(String source, String value, String expected) {
    return new CommandFailure(
        ExitCode.USAGE,
        Text.of("%s: \"%s\" (expected: %s)", source, Printable.line(value), expected));
  }
}

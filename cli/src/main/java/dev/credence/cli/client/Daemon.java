package dev.credence.cli.client;

import dev.credence.cli.print.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
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
    return parse(variable, value);
  }

  private static Path parse(String source, String value) {
    try {
      var path = Path.of(value.startsWith("unix:") ? pathOf(value) : value).toAbsolutePath();
      return path;
    } catch (InvalidPathException | URISyntaxException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          Text.of("%s: \"%s\" (expected: a path, or unix:///path)", source, value),
          e);
    }
  }

  private static String pathOf(String value) throws URISyntaxException {
    var uri = new URI(value);
    var path = uri.getPath();
    if (path == null
        || path.isEmpty()
        || uri.getRawAuthority() != null
        || uri.getRawQuery() != null) {
      throw new URISyntaxException(value, "not a path");
    }
    return path;
  }
}

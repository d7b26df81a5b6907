package dev.credence.cli;

import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.DaemonConnection;
import picocli.CommandLine.Option;

/// Which server a command talks to.
final class AdminOption {

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The server's administration socket (default: $CREDENCE_ADMIN_SOCKET).")
  private String socket = "";

  DaemonConnection connect(Terminal terminal) {
    return DaemonConnection.open(
        Daemon.SERVER, Daemon.SERVER.socket(socket, terminal.environment()));
  }
}

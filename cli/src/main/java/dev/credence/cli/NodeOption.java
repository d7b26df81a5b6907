package dev.credence.cli;

import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.DaemonConnection;
import picocli.CommandLine.Option;

/// Which node a command talks to.
final class NodeOption {

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The node's Workload API socket (default: $SPIFFE_ENDPOINT_SOCKET).")
  private String socket = "";

  DaemonConnection connect(Terminal terminal) {
    return DaemonConnection.open(Daemon.NODE, Daemon.NODE.socket(socket, terminal.environment()));
  }
}

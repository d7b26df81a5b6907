package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `credence server` and `credence node --config` are programs of their own: the launcher starts
/// them instead of this one. What is here explains them in the help, and refuses if this program is
/// started in another way.
@Command
final class DaemonStart implements Runnable {

  @Option(names = "--config", paramLabel = "FILE", description = "Its configuration (YAML).")
  private String config = "";

  @Option(
      names = "--stop-with-stdin",
      description = "Stop in order when standard input ends (for a parent process).")
  private boolean stopWithStdin;

  private final String daemon;

  DaemonStart(String daemon) {
    this.daemon = daemon;
  }

  @Override
  public void run() {
    if (config.isEmpty() && !stopWithStdin) {
      throw CommandFailure.usage(Text.of("%s: --config FILE is missing", daemon));
    }
    throw CommandFailure.failed(
        Text.of("%s --config is a program of its own: start it through ./credence", daemon));
  }
}

package dev.credence.cli;

import dev.credence.cli.client.ExitCode;
import dev.credence.cli.local.DevFolder;
import dev.credence.cli.local.Installation;
import dev.credence.cli.local.LocalPlane;
import dev.credence.cli.local.StopOnSignal;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "dev",
    description = {
      "Runs a server and a node in the foreground, for playing and developing. Prints `ready` once the Workload API answers.",
      "Data stays in DIR; DIR/env is a shell file that tells every command where to find them. SIGINT or SIGTERM stops both."
    })
final class DevCommand implements Runnable {

  private static final String TRUST_DOMAIN = "dev.credence.test";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "The folder of everything (default: ./.credence).")
  private Path folder = Path.of(".credence");

  @Option(
      names = "--trust-domain",
      paramLabel = "TD",
      description = "The trust domain (default: the folder's, or dev.credence.test).")
  private String trustDomain = "";

  private final Terminal terminal;
  private final Installation installation;

  DevCommand(Terminal terminal, Installation installation) {
    this.terminal = terminal;
    this.installation = installation;
  }

  @Override
  public void run() {
    try (var dev = DevFolder.open(folder, terminal.environment());
        var plane = new LocalPlane(dev, dev.trustDomain(trustDomain, TRUST_DOMAIN), installation);
        var _ = new StopOnSignal(() -> stop(plane, dev), ExitCode.DONE.number())) {
      say("starting server and node in " + dev.path());
      plane.start();
      say("in another shell: . " + dev.path().resolve("env"));
      say("ready");
      throw plane.awaitEnd();
    }
  }

  private void stop(LocalPlane plane, DevFolder dev) {
    plane.stop();
    dev.close();
  }

  private void say(String line) {
    terminal.out().println(line);
    terminal.out().flush();
  }
}

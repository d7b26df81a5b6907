package dev.credence.cli;

import dev.credence.cli.demo.Demo;
import dev.credence.cli.local.Installation;
import picocli.CommandLine.Command;

@Command(
    name = "demo",
    description =
        "Tells the whole story in numbered steps, on real processes; leaves nothing behind. Needs no root.")
final class DemoCommand implements Runnable {

  private final Terminal terminal;
  private final Installation installation;

  DemoCommand(Terminal terminal, Installation installation) {
    this.terminal = terminal;
    this.installation = installation;
  }

  @Override
  public void run() {
    new Demo(terminal.out(), terminal.environment(), installation).run();
  }
}

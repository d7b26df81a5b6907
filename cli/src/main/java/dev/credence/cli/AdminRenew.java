package dev.credence.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "renew",
    description =
        "Renews one's own SVID for a server on another machine. Commands do it themselves when half of its life is over.")
final class AdminRenew implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminRenew(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var remote = server.elsewhere(terminal);
    var _ = remote.renew();
    try (var connection = remote.open()) {
      var self = AdminWhoAmI.ask(connection);
      output
          .format()
          .print(terminal.out(), self, new AdministratorView(terminal.times()).sheet(self));
    }
  }
}

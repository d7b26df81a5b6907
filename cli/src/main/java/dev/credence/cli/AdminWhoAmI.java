package dev.credence.cli;

import dev.credence.cli.client.DaemonConnection;
import dev.credence.proto.admin.v1.Administrator;
import dev.credence.proto.admin.v1.OwnAdministratorGrpc;
import dev.credence.proto.admin.v1.WhoAmIRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "whoami",
    description = "Says who one is to a server on another machine, and what one may do there.")
final class AdminWhoAmI implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminWhoAmI(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.elsewhere(terminal).open()) {
      var self = ask(connection);
      output
          .format()
          .print(terminal.out(), self, new AdministratorView(terminal.times()).sheet(self));
    }
  }

  static Administrator ask(DaemonConnection connection) {
    return connection.ask(
        OwnAdministratorGrpc::newBlockingStub,
        stub -> stub.whoAmI(WhoAmIRequest.getDefaultInstance()));
  }
}

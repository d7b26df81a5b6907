package dev.credence.cli;

import dev.credence.proto.admin.v1.GetServerStatusRequest;
import dev.credence.proto.admin.v1.ServerCareGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "Shows how the server stands: whether it serves, and if not, why.")
final class ServerStatusShow implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ServerStatusShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var status =
          connection.ask(
              ServerCareGrpc::newBlockingStub,
              stub -> stub.getServerStatus(GetServerStatusRequest.getDefaultInstance()));
      output
          .format()
          .print(terminal.out(), status, new ServerStatusView(terminal.times()).sheet(status));
    }
  }
}

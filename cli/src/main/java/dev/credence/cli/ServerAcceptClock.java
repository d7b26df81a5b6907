package dev.credence.cli;

import dev.credence.proto.admin.v1.AcceptClockRequest;
import dev.credence.proto.admin.v1.ServerCareGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "accept-clock",
    description =
        "Says that the server's clock is right, after the server stopped because it had been moved.")
final class ServerAcceptClock implements Runnable {

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ServerAcceptClock(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = AcceptClockRequest.newBuilder().setReason(reason);
    try (var connection = server.connect(terminal)) {
      var status =
          connection.change(
              ServerCareGrpc::newBlockingStub,
              (stub, key) -> stub.acceptClock(request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), status, new ServerStatusView(terminal.times()).sheet(status));
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Shows one execution, and what the node attested of its process.")
final class ExecutionShow implements Runnable {

  @Parameters(paramLabel = "ID", description = "The execution's id.")
  private String reference = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ExecutionShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var request = GetRequest.newBuilder().setReference(reference).build();
      var execution =
          connection.ask(ExecutionsGrpc::newBlockingStub, stub -> stub.getExecution(request));
      output
          .format()
          .print(terminal.out(), execution, new ExecutionView(terminal.times()).sheet(execution));
    }
  }
}

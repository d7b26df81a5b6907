package dev.credence.cli;

import dev.credence.proto.admin.v1.EndExecutionRequest;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "end",
    description = "Ends a running execution. This does not bar: its process may open a new one.")
final class ExecutionEnd implements Runnable {

  @Parameters(paramLabel = "ID", description = "The execution's id.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ExecutionEnd(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = EndExecutionRequest.newBuilder().setExecutionId(id).setReason(reason);
    try (var connection = server.connect(terminal)) {
      var execution =
          connection.change(
              ExecutionsGrpc::newBlockingStub,
              (stub, key) -> stub.endExecution(request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), execution, new ExecutionView(terminal.times()).sheet(execution));
    }
  }
}

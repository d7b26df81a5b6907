package dev.credence.cli;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.EndExecutionRequest;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
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
      var before =
          connection.ask(
              ExecutionsGrpc::newBlockingStub,
              stub -> stub.getExecution(GetRequest.newBuilder().setReference(id).build()));
      var execution =
          connection.change(
              ExecutionsGrpc::newBlockingStub,
              (stub, key) -> stub.endExecution(request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), execution, new ExecutionView(terminal.times()).sheet(execution));
      if (before.hasEndedAt()) {
        terminal
            .err()
            .println(
                Text.of(
                    "it had ended before, at %s: %s",
                    terminal.times().format(before.getEndedAt()),
                    Printable.line(before.getEndReason())));
      }
    }
  }
}

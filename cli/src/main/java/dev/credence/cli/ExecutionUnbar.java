package dev.credence.cli;

import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.UnbarExecutionRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "unbar",
    description = "Lifts the bar that a revocation set: the agent may run on that node again.")
final class ExecutionUnbar implements Runnable {

  @Parameters(
      paramLabel = "ID",
      description = "The revoked execution's id, or another of that agent on that node.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ExecutionUnbar(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = UnbarExecutionRequest.newBuilder().setExecutionId(id).setReason(reason);
    try (var connection = server.connect(terminal)) {
      var bar =
          connection.change(
              EndsGrpc::newBlockingStub,
              (stub, key) -> stub.unbarExecution(request.setRequestId(key).build()));
      output.format().print(terminal.out(), bar, new BarView(terminal.times()).sheet(bar));
    }
  }
}

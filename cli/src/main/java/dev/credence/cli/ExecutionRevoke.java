package dev.credence.cli;

import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.RevokeExecutionRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description =
        "Ends an execution by force. This bars: no process of its agent gets an identity on that node until execution"
            + " unbar.")
final class ExecutionRevoke implements Runnable {

  @Parameters(paramLabel = "ID", description = "The execution's id.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ExecutionRevoke(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = RevokeExecutionRequest.newBuilder().setExecutionId(id).setReason(reason);
    try (var connection = server.connect(terminal)) {
      var revoked =
          connection.change(
              EndsGrpc::newBlockingStub,
              (stub, key) -> stub.revokeExecution(request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), revoked, new BarView(terminal.times()).revoked(revoked));
    }
  }
}

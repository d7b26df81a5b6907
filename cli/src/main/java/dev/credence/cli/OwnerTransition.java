package dev.credence.cli;

import dev.credence.proto.admin.v1.OwnerChange;
import dev.credence.proto.admin.v1.OwnerLifeGrpc;
import dev.credence.proto.admin.v1.OwnerLifeGrpc.OwnerLifeBlockingStub;
import dev.credence.proto.admin.v1.OwnerLifeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Suspend, resume, retire: they differ in the call alone.
@Command
final class OwnerTransition implements Runnable {

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  private String reference = "";

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Call call;
  private final Terminal terminal;

  /// One of the calls.
  @FunctionalInterface
  interface Call {
    OwnerChange make(OwnerLifeBlockingStub stub, OwnerLifeRequest request);
  }

  OwnerTransition(Call call, Terminal terminal) {
    this.call = call;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = OwnerLifeRequest.newBuilder().setReference(reference);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              OwnerLifeGrpc::newBlockingStub,
              (stub, id) -> call.make(stub, request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

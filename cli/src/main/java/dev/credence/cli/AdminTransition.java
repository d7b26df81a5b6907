package dev.credence.cli;

import dev.credence.proto.admin.v1.AdministratorChange;
import dev.credence.proto.admin.v1.AdministratorLifeRequest;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.AdministratorsGrpc.AdministratorsBlockingStub;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Suspend, resume, remove: they differ in the call alone.
@Command
final class AdminTransition implements Runnable {

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
    AdministratorChange make(AdministratorsBlockingStub stub, AdministratorLifeRequest request);
  }

  AdminTransition(Call call, Terminal terminal) {
    this.call = call;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = AdministratorLifeRequest.newBuilder().setReference(reference);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) -> call.make(stub, request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.PersonsGrpc;
import dev.credence.proto.admin.v1.RemovePersonRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "remove", description = "Removes a person whom no owner and no agent refers to.")
final class PersonRemove implements Runnable {

  @Parameters(paramLabel = "NAME", description = "The person's name or id.")
  private String reference = "";

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  PersonRemove(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = RemovePersonRequest.newBuilder().setReference(reference);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              PersonsGrpc::newBlockingStub,
              (stub, id) -> stub.removePerson(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.RemoveRegistrationRequest;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "remove")
final class SelectorRemove implements Runnable {

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "OWNER/NAME, NAME where it is unique, or its id.")
  private String reference = "";

  @Parameters(
      index = "1",
      paramLabel = "REGISTRATION",
      description = "The id of the registration, as `show` lists it.")
  private String registration = "";

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Terminal terminal;

  SelectorRemove(SubjectWords words, Terminal terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        RemoveRegistrationRequest.newBuilder()
            .setKind(words.kind())
            .setReference(reference)
            .setRegistrationId(registration);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              SubjectLifeGrpc::newBlockingStub,
              (stub, id) -> stub.removeRegistration(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.AddRegistrationRequest;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "add")
final class SelectorAdd implements Runnable {

  @Parameters(paramLabel = "NAME", description = "OWNER/NAME, NAME where it is unique, or its id.")
  private String reference = "";

  @ArgGroup(exclusive = false, heading = "%nWho is it%n")
  private SelectorSetOptions set = new SelectorSetOptions();

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Terminal terminal;

  SelectorAdd(SubjectWords words, Terminal terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = AddRegistrationRequest.newBuilder().setKind(words.kind()).setReference(reference);
    set.addTo(request);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              SubjectLifeGrpc::newBlockingStub,
              (stub, id) -> stub.addRegistration(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

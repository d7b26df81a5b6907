package dev.credence.cli;

import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.PersonsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows one person.")
final class PersonShow implements Runnable {

  @Parameters(paramLabel = "NAME", description = "The person's name or id.")
  private String reference = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  PersonShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var request = GetRequest.newBuilder().setReference(reference).build();
      var person = connection.ask(PersonsGrpc::newBlockingStub, stub -> stub.getPerson(request));
      output.format().print(terminal.out(), person, PersonView.sheet(person));
    }
  }
}

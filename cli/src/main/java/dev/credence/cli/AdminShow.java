package dev.credence.cli;

import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "show",
    description = "Shows one administrator: what it may do, who it is, its key and its SVID.")
final class AdminShow implements Runnable {

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  private String reference = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var request = GetRequest.newBuilder().setReference(reference).build();
      var found =
          connection.ask(
              AdministratorsGrpc::newBlockingStub, stub -> stub.getAdministrator(request));
      output
          .format()
          .print(terminal.out(), found, new AdministratorView(terminal.times()).sheet(found));
    }
  }
}

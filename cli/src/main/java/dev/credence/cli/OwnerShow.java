package dev.credence.cli;

import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.OwnersGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows one owner.")
final class OwnerShow implements Runnable {

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  private String reference = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  OwnerShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var request = GetRequest.newBuilder().setReference(reference).build();
      var owner = connection.ask(OwnersGrpc::newBlockingStub, stub -> stub.getOwner(request));
      output.format().print(terminal.out(), owner, new OwnerView(terminal.times()).sheet(owner));
    }
  }
}

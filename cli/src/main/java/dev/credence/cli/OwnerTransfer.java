package dev.credence.cli;

import dev.credence.proto.admin.v1.OwnerLifeGrpc;
import dev.credence.proto.admin.v1.TransferSubjectsRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "transfer",
    description = {
      "Hands agents and services over to another owner, all of them unless some are named.",
      "Their SPIFFE IDs change, their executions end, and their old names are never used again."
    })
final class OwnerTransfer implements Runnable {

  @Parameters(index = "0", paramLabel = "OLD", description = "The owner that hands over.")
  private String from = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "The owner that takes.")
  private String to = "";

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description = "Only this agent of OLD. May be repeated.")
  private List<String> agents = new ArrayList<>();

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Only this service of OLD. May be repeated.")
  private List<String> services = new ArrayList<>();

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  OwnerTransfer(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        TransferSubjectsRequest.newBuilder()
            .setFrom(from)
            .setTo(to)
            .addAllAgents(agents)
            .addAllServices(services);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              OwnerLifeGrpc::newBlockingStub,
              (stub, id) -> stub.transferSubjects(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

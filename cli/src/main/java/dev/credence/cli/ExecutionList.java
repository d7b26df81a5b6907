package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.ListBarsRequest;
import dev.credence.proto.admin.v1.ListBarsResponse;
import dev.credence.proto.admin.v1.ListExecutionsRequest;
import dev.credence.proto.admin.v1.ListExecutionsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Lists the running executions, in order of their beginning.")
final class ExecutionList implements Runnable {

  @Option(names = "--agent", paramLabel = "NAME", description = "Only of this agent or service.")
  private String agent = "";

  @Option(names = "--all", description = "Ended ones too.")
  private boolean all;

  @Option(
      names = "--barred",
      description =
          "Instead: what keeps agents from nodes after a revocation; with --all, lifted ones too.")
  private boolean barred;

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ExecutionList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (barred) {
      listBars();
      return;
    }
    var list = ListExecutionsResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  ExecutionsGrpc::newBlockingStub, stub -> stub.listExecutions(request(token))),
          ListExecutionsResponse::getNextPageToken,
          page -> list.addAllExecutions(page.getExecutionsList()));
    }
    output
        .format()
        .print(
            terminal.out(),
            list,
            new ExecutionView(terminal.times()).table(list.getExecutionsList()));
  }

  private void listBars() {
    if (!agent.isEmpty()) {
      throw CommandFailure.usage("--agent and --barred do not go together (expected: one of them)");
    }
    var list = ListBarsResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  EndsGrpc::newBlockingStub,
                  stub ->
                      stub.listBars(
                          ListBarsRequest.newBuilder()
                              .setAll(all)
                              .setPageSize(Pages.SIZE)
                              .setPageToken(token)
                              .build())),
          ListBarsResponse::getNextPageToken,
          page -> list.addAllBars(page.getBarsList()));
    }
    output
        .format()
        .print(terminal.out(), list, new BarView(terminal.times()).table(list.getBarsList()));
  }

  private ListExecutionsRequest request(String token) {
    return ListExecutionsRequest.newBuilder()
        .setSubject(agent)
        .setAll(all)
        .setPageSize(Pages.SIZE)
        .setPageToken(token)
        .build();
  }
}

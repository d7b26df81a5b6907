package dev.credence.cli;

import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.ListNodesResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the nodes, in order of their first contact.")
final class NodeList implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  NodeList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var all = ListNodesResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  NodesGrpc::newBlockingStub,
                  stub ->
                      stub.listNodes(
                          ListRequest.newBuilder()
                              .setPageSize(Pages.SIZE)
                              .setPageToken(token)
                              .build())),
          ListNodesResponse::getNextPageToken,
          page -> all.addAllNodes(page.getNodesList()));
    }
    output
        .format()
        .print(terminal.out(), all, new NodeView(terminal.times()).table(all.getNodesList()));
  }
}

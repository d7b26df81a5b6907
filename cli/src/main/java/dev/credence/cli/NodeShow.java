package dev.credence.cli;

import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Shows one node.")
final class NodeShow implements Runnable {

  @Parameters(paramLabel = "ID", description = "The node's id.")
  private String reference = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  NodeShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var request = GetRequest.newBuilder().setReference(reference).build();
      var node = connection.ask(NodesGrpc::newBlockingStub, stub -> stub.getNode(request));
      output.format().print(terminal.out(), node, new NodeView(terminal.times()).sheet(node));
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.LocalGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "explain",
    description = {
      "Shows what the node sees of a process, and which registration matches it, or the nearest one and what failed.",
      "For processes of your own uid; root may ask about all."
    })
final class Explain implements Runnable {

  @Option(names = "--pid", paramLabel = "PID", required = true, description = "The process.")
  private int pid;

  @Mixin private final NodeOption node = new NodeOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  Explain(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = ExplainRequest.newBuilder().setPid(Checked.pid("--pid", pid)).build();
    try (var connection = node.connect(terminal)) {
      var explanation = connection.ask(LocalGrpc::newBlockingStub, stub -> stub.explain(request));
      output.format().print(terminal.out(), explanation, new ExplanationView(explanation).sheet());
    }
  }
}

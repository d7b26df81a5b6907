package dev.credence.cli;

import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.proto.local.v1.SelectorsRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "selectors",
    description = {
      "Shows every selector of a running process that a registration could name: what it says about the code, who controls it, where the node read it; and what could not be attested, and why.",
      "For processes of your own uid; root may ask about all."
    })
final class Selectors implements Runnable {

  @Option(names = "--pid", paramLabel = "PID", required = true, description = "The process.")
  private int pid;

  @Mixin private final NodeOption node = new NodeOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  Selectors(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = SelectorsRequest.newBuilder().setPid(Checked.pid("--pid", pid)).build();
    try (var connection = node.connect(terminal)) {
      var seen = connection.ask(LocalGrpc::newBlockingStub, stub -> stub.selectors(request));
      output.format().print(terminal.out(), seen, new SelectorsView(seen).table());
    }
  }
}

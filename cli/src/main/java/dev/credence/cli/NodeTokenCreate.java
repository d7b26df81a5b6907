package dev.credence.cli;

import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description =
        "Creates a join token: the one string that a new node needs. It is a secret, and is printed this once.")
final class NodeTokenCreate implements Runnable {

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long it may be redeemed (default: 10m; at most 24h).")
  private String ttl = "";

  @Option(
      names = "--label",
      paramLabel = "K=V",
      description =
          "A label of the node that redeems it, for node:label:K:V selectors. May be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Mixin private final ReasonOption reason = new ReasonOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  NodeTokenCreate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = CreateJoinTokenRequest.newBuilder().putAllLabels(labels).setReason(reason.text());
    if (!ttl.isEmpty()) {
      request.setTtl(Wire.of(Checked.duration("--ttl", ttl)));
    }
    try (var connection = server.connect(terminal)) {
      var created =
          connection.change(
              NodesGrpc::newBlockingStub,
              (stub, id) -> stub.createJoinToken(request.setRequestId(id).build()));
      // The token alone on standard output, so that it can be written into a file as it is.
      output.format().print(terminal.out(), created, out -> out.println(created.getToken()));
      terminal.err().println("valid until " + terminal.times().format(created.getExpiresAt()));
    }
  }
}

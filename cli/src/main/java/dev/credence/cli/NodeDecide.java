package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.EndsGrpc.EndsBlockingStub;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.admin.v1.NodeDecisionResponse;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Takes a node out of service, or back into it.
final class NodeDecide implements Runnable {

  @Parameters(paramLabel = "ID", description = "The node's id.")
  private String id = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Option(
      names = "--dry-run",
      description =
          "Says what would change, and what would become of running executions; changes nothing.")
  private boolean dryRun;

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Verb verb;
  private final Terminal terminal;

  NodeDecide(Verb verb, Terminal terminal) {
    this.verb = verb;
    this.terminal = terminal;
  }

  /// What is decided.
  enum Verb {
    SUSPEND {
      @Override
      NodeDecisionResponse call(EndsBlockingStub stub, NodeDecisionRequest request) {
        return stub.suspendNode(request);
      }
    },
    RESUME {
      @Override
      NodeDecisionResponse call(EndsBlockingStub stub, NodeDecisionRequest request) {
        return stub.resumeNode(request);
      }
    },
    BAN {
      @Override
      NodeDecisionResponse call(EndsBlockingStub stub, NodeDecisionRequest request) {
        return stub.banNode(request);
      }
    },
    EVICT {
      @Override
      NodeDecisionResponse call(EndsBlockingStub stub, NodeDecisionRequest request) {
        return stub.evictNode(request);
      }
    };

    abstract NodeDecisionResponse call(EndsBlockingStub stub, NodeDecisionRequest request);
  }

  @Override
  public void run() {
    var request = NodeDecisionRequest.newBuilder().setNodeId(id).setReason(reason);
    try (var connection = server.connect(terminal)) {
      if (dryRun) {
        tell(connection, request.setDryRun(true).build());
        return;
      }
      var decided =
          connection.change(
              EndsGrpc::newBlockingStub,
              (stub, key) -> verb.call(stub, request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), decided, new NodeView(terminal.times()).decided(decided));
    }
  }

  // Without a request id: a server that knows no dry run of this refuses it, and does not do it.
  private void tell(DaemonConnection connection, NodeDecisionRequest request) {
    var told = connection.ask(EndsGrpc::newBlockingStub, stub -> verb.call(stub, request));
    if (!told.hasChange() || told.getChange().getDone()) {
      throw CommandFailure.failed(
          "the server does not say what would change (expected: a newer one)");
    }
    output
        .format()
        .print(terminal.out(), told, new ChangeView(told.getChange()).sheet(terminal.times()));
  }
}

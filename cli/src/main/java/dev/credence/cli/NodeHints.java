package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import java.io.PrintWriter;

/// What to do next where a registration has no node yet: lines on standard error, beside the
/// answer.
///
/// @param err for people
record NodeHints(PrintWriter err) {

  // The server's word for a registration that does not say which nodes it means.
  private static final String UNSAID = "node selectors: none";

  /// After a refusal: which options say what was missing.
  void refused(CommandFailure failure) {
    if (String.valueOf(failure.getMessage()).contains(UNSAID)) {
      err.println(
          "say which nodes are meant: --node-selector node:label:KEY:VALUE (or node:id:ID, see credence node list), or --any-node");
    }
  }

  /// After a registration: without a node nobody attests, so nothing would ever come of it.
  ///
  /// @param connection of who may see all nodes: anybody else's look would be refused, and be an
  ///   event
  void registered(DaemonConnection connection) {
    if (!hasNode(connection)) {
      err.println(
          "no node has joined yet: credence node token create, then credence node --config FILE on the host where it runs");
    }
  }

  private static boolean hasNode(DaemonConnection connection) {
    try {
      var first = ListRequest.newBuilder().setPageSize(1).build();
      return connection
              .ask(NodesGrpc::newBlockingStub, stub -> stub.listNodes(first))
              .getNodesCount()
          > 0;
    } catch (CommandFailure e) {
      // What was asked for is done; that is no reason to fail.
      return true;
    }
  }
}

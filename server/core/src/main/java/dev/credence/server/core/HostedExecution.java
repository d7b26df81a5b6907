package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.port.View;

/// Decides inside a transaction whether an execution is a node's to speak about: only the hosting
/// one's. Stateless.
final class HostedExecution {
  private HostedExecution() {}

  static Execution running(View view, Id node, Id execution) throws ServerException {
    Execution hosted = find(view, node, execution);
    if (!hosted.running()) {
      throw new ServerException(
          Kind.NOT_FOUND,
          Texts.format(
              "execution %s: ended at %s, %s",
              execution, hosted.end().orElseThrow().at(), hosted.end().orElseThrow().reason()));
    }
    return hosted;
  }

  static Execution find(View view, Id node, Id execution) throws ServerException {
    Execution found =
        view.executions()
            .find(execution)
            .orElseThrow(() ->
                new ServerException(
                    Kind.NOT_FOUND, Texts.format("execution %s: not found", execution)));
    if (!found.host().nodeId().equals(node)) {
      throw new ServerException(
          Kind.REFUSED, Texts.format("execution %s: not hosted by node %s", execution, node));
    }
    return found;
  }
}

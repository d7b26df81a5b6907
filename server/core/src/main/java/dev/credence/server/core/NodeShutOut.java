package dev.credence.server.core;

import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.Transaction;
import java.util.List;
import java.util.Locale;

/// Takes a node out of service inside a transaction: its executions end by force, its stream is cut
/// after the commit, and no call of it is accepted, since each one looks at the state in its own
/// transaction.
final class NodeShutOut {
  private final Plumbing plumbing;
  private final ForcedEnd forcedEnd;
  private final NodeNews news;

  NodeShutOut(Plumbing plumbing, ForcedEnd forcedEnd, NodeNews news) {
    this.plumbing = plumbing;
    this.forcedEnd = forcedEnd;
    this.news = news;
  }

  /// @param why its reason goes into the event and is for people; the executions' is the state's
  /// @return how many executions ended
  int run(Transaction tx, Node node, NodeState state, ExecutionEnd.Why why) {
    tx.nodes().update(in(node, state));
    if (state != NodeState.SUSPENDED) {
      forcedEnd.node(tx, node);
    }
    String reason = reason(state);
    forcedEnd.endedOn(tx, node.id());
    List<Execution> running = tx.executions().runningOn(node.id());
    for (Execution one : running) {
      forcedEnd.run(tx, one, new ExecutionEnd.Why(why.actor(), reason, why.request()));
    }
    var details =
        Details.of("reason", why.reason())
            .and("was", node.state().name().toLowerCase(Locale.ROOT))
            .and("executions", running.size());
    plumbing
        .journal()
        .append(
            tx,
            why.request().isPresent()
                ? details.event(
                    kind(state), why.actor(), About.node(node.id()), why.request().get())
                : details.event(kind(state), why.actor(), About.node(node.id())),
            plumbing.database().now());
    tx.afterCommit(() -> news.shutOut(node.id()));
    return running.size();
  }

  /// Why executions end with a node that is taken into that state.
  static String reason(NodeState state) {
    return "node-" + state.name().toLowerCase(Locale.ROOT);
  }

  static EventKind kind(NodeState state) {
    return switch (state) {
      case SUSPENDED -> EventKind.NODE_SUSPENDED;
      case BANNED -> EventKind.NODE_BANNED;
      case EVICTED -> EventKind.NODE_EVICTED;
      case ACTIVE -> throw new IllegalArgumentException("active is not out of service");
    };
  }

  static Node in(Node node, NodeState state) {
    return new Node(node.id(), state, node.origin(), node.key(), node.presence());
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Decides inside a transaction whether a node may speak. Its SVID was verified before. Stateless.
final class CallingNode {
  private CallingNode() {}

  /// The node, if it is known and active.
  static Node active(View view, Id id) throws ServerException {
    Node node =
        view.nodes()
            .find(id)
            .orElseThrow(() ->
                new ServerException(Kind.REFUSED, Texts.format("node %s: not known here", id)));
    if (node.state() != NodeState.ACTIVE) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "node %s: %s (expected: active)", id, node.state().name().toLowerCase(Locale.ROOT)));
    }
    return node;
  }

  /// The node, if it is active, and this is the start that last opened a stream, and the one that
  /// last settled: who only opens a stream, and answers nothing, gets nothing.
  static Node current(View view, Id id, Id startId) throws ServerException {
    Node node = opened(view, id, startId);
    if (!view.nodeTraces().newestStart(id).equals(Optional.of(startId))) {
      throw new ServerException(
          Kind.STALE,
          Texts.format(
              "start id %s: not settled on the newest stream of node %s (expected: settled first)",
              startId, id));
    }
    return node;
  }

  /// The node, if it is active and this is the start that last opened a stream.
  static Node opened(View view, Id id, Id startId) throws ServerException {
    Node node = active(view, id);
    if (!node.presence().startId().equals(Optional.of(startId))) {
      throw new ServerException(
          Kind.STALE,
          Texts.format(
              "start id %s: not the newest of node %s (expected: a stream opened with it first)",
              startId, id));
    }
    return node;
  }

  /// What a node is told that was suspended by its own call.
  static ServerException suspended(Id id) {
    return new ServerException(
        Kind.REFUSED, Texts.format("node %s: suspended (expected: active)", id));
  }

  static Node certified(Node node, Instant svidNotAfter) {
    Node.Presence presence = node.presence();
    return seen(
        node,
        new Node.Presence(
            presence.startId(),
            presence.hostName(),
            presence.software(),
            svidNotAfter,
            presence.lastSeenAt()));
  }

  static Node seen(Node node, Node.Presence presence) {
    return new Node(node.id(), node.state(), node.origin(), node.key(), presence);
  }

  static Node seenAt(Node node, Instant at) {
    Node.Presence before = node.presence();
    return seen(
        node,
        new Node.Presence(
            before.startId(), before.hostName(), before.software(), before.svidNotAfter(), at));
  }
}

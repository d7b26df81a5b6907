package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which nodes hold a bundle, down to the streams of their processes, whichever server they told.
/// Thread-safe.
final class Acknowledgements {
  private final ServerPresence presence;
  private final Duration lease;

  /// @param lease how long a node that is away counts as one that serves its processes; also from
  ///   the start of the first of the running servers on, since who was connected before is not
  ///   known
  Acknowledgements(ServerPresence presence, Duration lease) {
    this.presence = presence;
    this.lease = lease;
  }

  /// The active nodes that serve and have not acknowledged that bundle or a later one.
  List<Id> missing(View view, long sequence, Instant now) {
    Set<Id> holding =
        view.servers().links().stream()
            .filter(link -> link.acknowledged() >= sequence)
            .map(NodeLink::node)
            .collect(Collectors.toUnmodifiableSet());
    Set<Id> connected = presence.connected(view, now);
    Instant since = presence.servingSince(view, now);
    return view.nodes().all().stream()
        .filter(node -> node.state() == NodeState.ACTIVE && !holding.contains(node.id()))
        .filter(node -> connected.contains(node.id()) || mayServe(node, since, now))
        .map(Node::id)
        .toList();
  }

  private boolean mayServe(Node node, Instant since, Instant now) {
    Duration serves = lease.plus(presence.clocksApart());
    boolean seen = node.presence().lastSeenAt().plus(serves).isAfter(now);
    boolean unknown =
        since.plus(serves).isAfter(now) && node.presence().svidNotAfter().isAfter(now);
    return seen || unknown;
  }
}

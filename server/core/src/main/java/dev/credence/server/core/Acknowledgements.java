package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which nodes hold a bundle, down to the streams of their processes. Thread-safe.
final class Acknowledgements {
  private final StreamIndex streams;
  private final Instant startedAt;
  private final Duration lease;

  /// @param lease how long a node that is away counts as one that serves its processes; also from
  ///   the server's start on, since who was connected before is not known
  Acknowledgements(StreamIndex streams, Instant startedAt, Duration lease) {
    this.streams = streams;
    this.startedAt = startedAt;
    this.lease = lease;
  }

  /// The active nodes that serve and have not acknowledged that bundle or a later one.
  List<Id> missing(View view, long sequence, Instant now) {
    return view.nodes().all().stream()
        .filter(node -> node.state() == NodeState.ACTIVE)
        .filter(node -> isMissing(node, sequence, now))
        .map(Node::id)
        .toList();
  }

  private boolean isMissing(Node node, long sequence, Instant now) {
    Optional<NodeStream> stream = streams.of(node.id());
    return stream.isPresent() ? stream.get().acknowledged() < sequence : mayServe(node, now);
  }

  private boolean mayServe(Node node, Instant now) {
    boolean seen = node.presence().lastSeenAt().plus(lease).isAfter(now);
    boolean unknown =
        startedAt.plus(lease).isAfter(now) && node.presence().svidNotAfter().isAfter(now);
    return seen || unknown;
  }
}

package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.Cause;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Execution;
import java.util.List;

/// Tells nodes, after a commit, what was decided about them and what they host. Who is not
/// connected learns it when its stream opens. Thread-safe.
final class NodeNews {
  private final StreamIndex streams;

  NodeNews(StreamIndex streams) {
    this.streams = streams;
  }

  /// Somebody else than the hosting node ended an execution.
  void ended(Execution execution, String reason) {
    ended(execution.host().nodeId(), new Push.Ended(execution.id(), reason));
  }

  /// The same, where another server ended it.
  void ended(Id node, Push.Ended execution) {
    streams.of(node).ifPresent(stream -> stream.enqueueEnded(execution));
  }

  /// Which agents are barred on the node: all of them.
  void bars(Id node, List<Bar> inForce) {
    streams.of(node).ifPresent(stream -> stream.enqueueBars(inForce));
  }

  /// It is not in service any more: its stream is cut. The node was silent for too long: if it has
  /// a stream, that one is of no use.
  void lapsed(Id node) {
    streams.of(node).ifPresent(stream -> stream.end(Cause.RESTART));
  }

  void shutOut(Id node) {
    streams.of(node).ifPresent(stream -> stream.end(Cause.SHUT_OUT));
  }
}

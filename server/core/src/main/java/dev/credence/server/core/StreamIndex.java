package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.NodeSelection.AnyNode;
import dev.credence.server.core.model.NodeSelection.Having;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The open streams, one per node, found by node and by what registrations can say of a node: one
/// change costs as much as the nodes that it concerns. Thread-safe.
final class StreamIndex {
  private final CoreMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Id, NodeStream> byNode = new HashMap<>();
  private final Map<Selector, Set<NodeStream>> bySelector = new HashMap<>();
  private volatile long published;

  StreamIndex(CoreMetrics metrics) {
    this.metrics = metrics;
  }

  /// Every stream was handed all changes that concern it, up to this number.
  long published() {
    return published;
  }

  void publishedUpTo(long number) {
    published = number;
  }

  /// @return the node's earlier stream, which no change reaches any more
  Optional<NodeStream> add(NodeStream stream) {
    lock.lock();
    try {
      NodeStream earlier = byNode.put(stream.node(), stream);
      if (earlier != null) {
        forget(earlier);
      }
      for (Selector selector : stream.selectors().all()) {
        bySelector.computeIfAbsent(selector, _ -> new HashSet<>()).add(stream);
      }
      metrics.nodesConnected(byNode.size());
      return Optional.ofNullable(earlier);
    } finally {
      lock.unlock();
    }
  }

  /// @return false if it was not (or no longer) its node's stream
  boolean remove(NodeStream stream) {
    lock.lock();
    try {
      boolean removed = byNode.remove(stream.node(), stream);
      if (removed) {
        forget(stream);
        metrics.nodesConnected(byNode.size());
      }
      return removed;
    } finally {
      lock.unlock();
    }
  }

  private void forget(NodeStream stream) {
    for (Selector selector : stream.selectors().all()) {
      Set<NodeStream> there = bySelector.get(selector);
      if (there != null && there.remove(stream) && there.isEmpty()) {
        bySelector.remove(selector);
      }
    }
  }

  Optional<NodeStream> of(Id node) {
    lock.lock();
    try {
      return Optional.ofNullable(byNode.get(node));
    } finally {
      lock.unlock();
    }
  }

  List<NodeStream> all() {
    lock.lock();
    try {
      return List.copyOf(byNode.values());
    } finally {
      lock.unlock();
    }
  }

  /// The streams of the nodes that the change concerns.
  List<NodeStream> concerned(RegistryChange.Applied change) {
    lock.lock();
    try {
      Set<NodeStream> concerned = new LinkedHashSet<>();
      change.nodes().forEach(selection -> concerned.addAll(admitted(selection)));
      return List.copyOf(concerned);
    } finally {
      lock.unlock();
    }
  }

  private Collection<NodeStream> admitted(NodeSelection selection) {
    return switch (selection) {
      case AnyNode _ -> byNode.values();
      case Having having ->
          rarest(having).stream().filter(s -> having.admits(s.selectors().all())).toList();
    };
  }

  private Set<NodeStream> rarest(Having having) {
    Set<NodeStream> smallest = null;
    for (Selector selector : having.selectors()) {
      Set<NodeStream> there = bySelector.getOrDefault(selector, Set.of());
      if (smallest == null || there.size() < smallest.size()) {
        smallest = there;
      }
    }
    return smallest == null ? Set.of() : smallest;
  }
}

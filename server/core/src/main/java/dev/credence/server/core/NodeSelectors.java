package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.server.core.model.Node;
import java.util.Set;

/// What registrations can say of one node.
record NodeSelectors(Set<Selector> all) {
  NodeSelectors {
    all = Set.copyOf(all);
  }

  static NodeSelectors of(Node node) {
    return new NodeSelectors(node.selectors());
  }
}

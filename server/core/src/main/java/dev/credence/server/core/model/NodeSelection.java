package dev.credence.server.core.model;

import dev.credence.attestors.Selector;
import java.util.Set;

/// On which nodes a registration counts.
public sealed interface NodeSelection {
  /// True if a node with these selectors is meant.
  boolean admits(Set<Selector> node);

  /// True if this node is meant.
  default boolean admits(Node node) {
    return switch (this) {
      case AnyNode _ -> true;
      case Having(Set<Selector> all) -> all.stream().allMatch(node::has);
    };
  }

  /// Any node of the trust domain: said explicitly, or by a server in dev mode.
  record AnyNode() implements NodeSelection {
    @Override
    public boolean admits(Set<Selector> node) {
      return true;
    }
  }

  /// Nodes that have all of these.
  record Having(Set<Selector> selectors) implements NodeSelection {
    public Having {
      selectors = Set.copyOf(selectors);
      if (selectors.isEmpty()) {
        throw new IllegalArgumentException(
            "node selectors: none (expected: at least one, or any node)");
      }
    }

    @Override
    public boolean admits(Set<Selector> node) {
      return node.containsAll(selectors);
    }
  }
}

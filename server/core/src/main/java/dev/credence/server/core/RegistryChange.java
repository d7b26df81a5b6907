package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeSelection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One committed change of one agent or service: what leads to it from now on.
///
/// @param number in the registry's sequence
/// @param subject whose registrations these are
/// @param entries all that count now; empty: none does any more
record RegistryChange(long number, Id subject, List<RegistryEntry> entries) {
  RegistryChange {
    entries = List.copyOf(entries);
  }

  /// The change together with what it replaced: enough to know which nodes it concerns, and with
  /// which registrations.
  ///
  /// @param selections by registration, the nodes that it is or was meant for
  record Applied(long number, Map<Id, Set<NodeSelection>> selections) {
    static Applied of(RegistryChange change, List<RegistryEntry> before) {
      Map<Id, Set<NodeSelection>> selections = new HashMap<>();
      Stream.concat(before.stream(), change.entries.stream())
          .forEach(entry ->
              selections
                  .computeIfAbsent(entry.id(), _ -> new HashSet<>())
                  .add(entry.registration().nodes()));
      return new Applied(change.number, selections);
    }

    /// The registrations that this node must hear of. Of others it learns nothing.
    Set<Id> concerning(NodeSelectors node) {
      return selections.entrySet().stream()
          .filter(it -> it.getValue().stream().anyMatch(nodes -> nodes.admits(node.all())))
          .map(Map.Entry::getKey)
          .collect(Collectors.toUnmodifiableSet());
    }

    /// All kinds of nodes that must hear of something.
    Set<NodeSelection> nodes() {
      return selections.values().stream()
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());
    }
  }
}

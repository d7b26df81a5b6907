package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Subject;
import java.util.Optional;

/// Agents and services of which a node says that something is about them. A node is believed only
/// about those that have a registration which is meant for it: it must not fill the history of any
/// other. Thread-safe.
final class ReportedSubjects {
  private final Registry registry;
  private final NodeStreams streams;

  ReportedSubjects(Registry registry, NodeStreams streams) {
    this.registry = registry;
    this.streams = streams;
  }

  /// Empty: there is none by that id, or the node has no say in it.
  Optional<Subject> of(Id node, String subject) {
    return References.id(subject)
        .flatMap(id ->
            registry.current().of(id).stream()
                .filter(entry -> streams.isMeantFor(entry, node))
                .map(RegistryEntry::subject)
                .findFirst());
  }
}

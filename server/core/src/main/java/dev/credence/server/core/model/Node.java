package dev.credence.server.core.model;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A host that attests processes.
///
/// @param key digest of the public key that is pinned for it
public record Node(Id id, NodeState state, Origin origin, Sha256 key, Presence presence) {

  /// How it came here.
  ///
  /// @param selectors what its attestor found out
  public record Origin(
      String attestor, Map<String, String> labels, Instant attestedAt, Set<Selector> selectors) {
    public Origin {
      labels = Map.copyOf(labels);
      selectors = Set.copyOf(selectors);
    }

    /// Of an attestor that finds out nothing.
    public Origin(String attestor, Map<String, String> labels, Instant attestedAt) {
      this(attestor, labels, attestedAt, Set.of());
    }
  }

  /// What was last heard of it.
  ///
  /// @param startId of the daemon's newest start; empty before its first stream
  public record Presence(
      Optional<Id> startId,
      String hostName,
      String software,
      Instant svidNotAfter,
      Instant lastSeenAt) {}

  /// Whether this is one of [#selectors], without making them.
  boolean has(Selector one) {
    return origin.selectors.contains(one)
        || (one.type().equals("node")
            && one.name().equals("id")
            && one.value().equals(id.toString()))
        || (one.type().equals("node") && one.name().equals("label") && hasLabel(one.value()));
  }

  private boolean hasLabel(String text) {
    return origin.labels.entrySet().stream()
        .anyMatch(label -> text.equals(label.getKey() + ":" + label.getValue()));
  }

  /// The selectors that registrations can name: `node:id:ID`, `node:label:KEY:VALUE`, and what its
  /// attestor found out.
  public Set<Selector> selectors() {
    Set<Selector> all = new HashSet<>(origin.selectors);
    all.add(new Selector("node", "id", id.toString()));
    origin
        .labels()
        .forEach((key, value) -> all.add(new Selector("node", "label", key + ":" + value)));
    return Set.copyOf(all);
  }
}

package dev.credence.node;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import java.util.List;

/// How a process without a registration could be registered: few of the properties that hold for
/// it, in the order in which a person would name them. Nothing is read for it: a digest, a unit or
/// a container is named if it was found out anyway. Pure.
final class Suggestion {
  private static final List<String> KINDS =
      List.of("systemd:id", "docker:image_id", "unix:path", "unix:uid", "tcp:uid", "unix:sha256");

  private Suggestion() {}

  static List<Selector> of(Attestation attestation) {
    return KINDS.stream()
        .flatMap(kind ->
            attestation.evidence().stream()
                .map(Evidence::selector)
                .filter(selector -> selector.kind().equals(kind))
                .limit(1))
        .toList();
  }
}

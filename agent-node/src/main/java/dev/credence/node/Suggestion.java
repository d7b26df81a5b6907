package dev.credence.node;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import java.util.List;
import java.util.Set;

/// How a process without a registration could be registered: few of the properties that hold for
/// it, in the order in which a person would name them. Nothing is read for it: a digest, a unit or
/// a container is named if it was found out anyway. Neither the path nor the digest of an
/// interpreter is: all that it ever runs would be registered. Pure.
final class Suggestion {
  private static final List<String> KINDS =
      List.of("systemd:id", "docker:image_id", "unix:path", "unix:uid", "tcp:uid", "unix:sha256");

  private Suggestion() {}

  private static final Set<String> EXECUTABLE = Set.of("unix:path", "unix:sha256");

  static List<Selector> of(Attestation attestation) {
    boolean tellsProgram =
        attestation.evidence().stream()
            .filter(evidence -> EXECUTABLE.contains(evidence.selector().kind()))
            .allMatch(evidence -> evidence.code().filter(Suggestion::tells).isPresent());
    return KINDS.stream()
        .filter(kind -> tellsProgram || !EXECUTABLE.contains(kind))
        .flatMap(kind ->
            attestation.evidence().stream()
                .map(Evidence::selector)
                .filter(selector -> selector.kind().equals(kind))
                .limit(1))
        .toList();
  }

  private static boolean tells(CodeAssurance code) {
    return code.compareTo(CodeAssurance.CLAIMED) > 0;
  }
}

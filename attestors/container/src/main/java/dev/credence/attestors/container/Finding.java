package dev.credence.attestors.container;

import dev.credence.attestors.Attested;
import dev.credence.attestors.SelectorTypes;
import dev.credence.attestors.Wanted;

/// Whether a process is in the container after which its control groups are named.
sealed interface Finding {
  /// It is.
  ///
  /// @param runsImage it runs a program on the container's own root
  record Member(Container container, boolean runsImage) implements Finding {
    @Override
    public Attested attested(Wanted wanted) {
      return DockerFindings.of(container, runsImage, wanted);
    }
  }

  /// It is not.
  record No(String reason) implements Finding {
    @Override
    public Attested attested(Wanted wanted) {
      return DockerFindings.none(wanted, SelectorTypes.known().names(DockerFindings.TYPE), reason);
    }
  }

  /// What follows.
  Attested attested(Wanted wanted);

  default boolean isMember() {
    return this instanceof Member;
  }
}

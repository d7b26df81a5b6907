package dev.credence.attestors;

import dev.credence.certs.CodeAssurance;
import java.util.Collection;
import java.util.Comparator;

/// How well it is known which program runs.
public final class Assurance {
  private Assurance() {}

  /// The weakest assurance among the properties that speak about code; `none` if none does.
  ///
  /// @param matched the evidence of those selectors that the registration names
  public static CodeAssurance code(Collection<Evidence> matched) {
    return matched.stream()
        .flatMap(evidence -> evidence.code().stream())
        .min(Comparator.naturalOrder())
        .orElse(CodeAssurance.NONE);
  }
}

package dev.credence.attestors;

import dev.credence.certs.CodeAssurance;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// How well it is known which program runs.
public final class Assurance {
  private static final String VARIABLE = "launch:env";

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

  /// What a registration's selectors say about the code of a process for which they all hold: the
  /// weakest among them, and `file` at most if the process was given a variable that the
  /// registration does not name. What such a variable does to the code, nobody has answered for.
  ///
  /// @param named the registration's selectors
  /// @param attested all that is known of the process
  public static CodeAssurance code(Collection<Selector> named, Collection<Evidence> attested) {
    CodeAssurance code = ofMatched(named, attested);
    boolean tooMuch =
        code.compareTo(CodeAssurance.FILE) > 0 && !unnamedVariables(named, attested).isEmpty();
    return tooMuch ? CodeAssurance.FILE : code;
  }

  /// The variables that keep a registration's code from counting as more than `file`: those given
  /// to the process at its launch that the registration does not name; none if it would not count
  /// as more anyway. As the selectors that it would have to name, in their order.
  public static List<Selector> lowering(Collection<Selector> named, Collection<Evidence> attested) {
    return ofMatched(named, attested).compareTo(CodeAssurance.FILE) > 0
        ? unnamedVariables(named, attested)
        : List.of();
  }

  private static CodeAssurance ofMatched(
      Collection<Selector> named, Collection<Evidence> attested) {
    Set<Selector> all = Set.copyOf(named);
    return code(attested.stream().filter(one -> all.contains(one.selector())).toList());
  }

  private static List<Selector> unnamedVariables(
      Collection<Selector> named, Collection<Evidence> attested) {
    return attested.stream()
        .map(Evidence::selector)
        .filter(one -> one.kind().equals(VARIABLE))
        .filter(one -> !named.contains(one))
        .sorted(Comparator.comparing(Selector::value))
        .toList();
  }
}

package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is known of a program before it runs. Immutable.
///
/// @param evidence that it will have
/// @param file why its code counts as a file does, not as launched, whatever its registration
///   names; empty: it does not
/// @param shared why it will not be apart from others of its user (`shared-uid`); empty: nothing is
///   known against it. Asked only where a registration demands more: the answer may cost a look at
///   every process
public record BeforeStart(
    List<Evidence> evidence, Optional<String> file, Supplier<Optional<String>> shared) {
  public BeforeStart {
    evidence = List.copyOf(evidence);
  }
}

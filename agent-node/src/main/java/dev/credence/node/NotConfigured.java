package dev.credence.node;

import dev.credence.attestors.Attested;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.SelectorTypes;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import java.util.List;
import java.util.Set;

/// Stands for an attestor that this node's configuration leaves off, and says so to whoever asks
/// why a registration that names its selectors leads to nothing.
///
/// @param type of those selectors
/// @param key of the configuration that would turn it on
record NotConfigured(String type, String key) implements WorkloadAttestor {
  @Override
  public Set<String> names() {
    return SelectorTypes.known().names(type);
  }

  @Override
  public Attested attest(ProcessRef process, Wanted wanted) {
    return new Attested(
        List.of(),
        names().stream()
            .filter(name -> wanted.names(type, name))
            .sorted()
            .map(name ->
                new Attested.Gap(
                    type + ":" + name, key + " is not set in this node's configuration"))
            .toList());
  }
}

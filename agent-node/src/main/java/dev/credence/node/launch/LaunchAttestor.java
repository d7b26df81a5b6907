package dev.credence.node.launch;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.SelectorTypes;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.platform.linux.UnattestableException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes the selectors of programs that this node has started itself: `code:`, `launch:` or
/// `sandbox:`, one type each. They are the started process's own: what it becomes by exec, and what
/// it starts, has none of them. Once the node has seen of it what they exclude (a tracer, an
/// isolation that was lost), it has none of them ever again. Thread-safe.
public final class LaunchAttestor implements WorkloadAttestor {
  private final String type;
  private final LaunchTable table;

  private LaunchAttestor(String type, LaunchTable table) {
    this.type = type;
    this.table = table;
  }

  /// One of each type; `launch` first. They look one after the other, and what one has found broken
  /// stays so for the next ones: so whoever has `code:` evidence has `launch:agent` too, and is
  /// that agent or nobody. In another order a program that leaves its view between two of these
  /// looks would have its code without its agent, and be whatever other agent runs the same code.
  public static List<WorkloadAttestor> over(LaunchTable table) {
    return List.of(
        new LaunchAttestor("launch", table),
        new LaunchAttestor("code", table),
        new LaunchAttestor("sandbox", table));
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public Set<String> names() {
    return SelectorTypes.known().names(type);
  }

  @Override
  public Attested attest(ProcessRef process, Wanted wanted) throws AttestationException {
    Optional<Launched> launched = table.of(process.pid());
    if (launched.isEmpty()) {
      return gaps(wanted, "the node has not started this process (credence run does)");
    }
    try {
      Optional<String> changed = launched.get().changed();
      if (changed.isPresent() && launched.get().wasSeen()) {
        table.spoil(process.pid(), changed.get());
      }
      // Last: what was seen meanwhile counts.
      Optional<String> spoiled = table.spoiled(process.pid()).map(LaunchAttestor::lasting);
      Optional<String> why = spoiled.isPresent() ? spoiled : changed;
      return why.isPresent()
          ? gaps(wanted, "the node has started this process, but " + why.get())
          : new Attested(own(launched.get()), List.of());
    } catch (UnattestableException e) {
      throw new AttestationException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String lasting(String seen) {
    return "saw at "
        + seen
        + "; its launch counts no more, even if that is over (expected: the program started anew)";
  }

  private List<Evidence> own(Launched launched) {
    return launched.evidence().stream()
        .filter(evidence -> evidence.selector().type().equals(type))
        .toList();
  }

  private Attested gaps(Wanted wanted, String why) {
    return new Attested(
        List.of(),
        names().stream()
            .filter(name -> wanted.names(type, name))
            .sorted()
            .map(name -> new Attested.Gap(type + ":" + name, why))
            .toList());
  }
}

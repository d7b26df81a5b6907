package dev.credence.e2e.fuzz;

import java.util.List;
import java.util.Set;

/// One parser under fire.
///
/// @param name in commands and in the reference
/// @param parser as in the source: `Type.method`
/// @param input whose bytes these are
/// @param seeds valid inputs, and near misses
/// @param refusals what may be thrown; anything else is a finding
/// @param body parses, and checks what must hold of what is accepted
record Target(
    String name,
    String parser,
    String input,
    List<byte[]> seeds,
    Set<Class<? extends Exception>> refusals,
    Body body) {

  Target {
    seeds = List.copyOf(seeds);
    refusals = Set.copyOf(refusals);
  }

  /// Takes one input.
  interface Body {
    void run(byte[] input) throws Exception;
  }

  @Override
  public String toString() {
    return name;
  }
}

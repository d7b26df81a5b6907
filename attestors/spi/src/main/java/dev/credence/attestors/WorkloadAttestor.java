package dev.credence.attestors;

import java.util.Set;

/// Reads properties of a process. Implementations are thread-safe, never block without limit, and
/// pass `WorkloadAttestorContract`.
public interface WorkloadAttestor {
  /// Type of all selectors that it makes.
  String type();

  /// Names of the selectors that it can make. [SelectorTypes] knows the same ones.
  Set<String> names();

  /// Reads what is wanted and can be believed. Costly properties are read only if wanted; others
  /// may be given in any case.
  ///
  /// @param process held fast by the caller, for whom the result counts only after another look
  /// @throws AttestationException if the process is gone, or is not what was said: it gets nothing
  Attested attest(ProcessRef process, Wanted wanted) throws AttestationException;
}

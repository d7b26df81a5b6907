package dev.credence.node.launch;

import dev.credence.platform.linux.ProgramGroup;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.SpawnedProcess;
import java.util.List;
import java.util.Optional;

/// A program that runs, or has ended already, and what is held for it.
///
/// @param launched removed from the table by whoever collects the process
/// @param thread that started it
/// @param group it, and what it starts
/// @param terminal its own; empty: it has the caller's files
/// @param notices what people should know, a line each
record StartedProgram(
    SpawnedProcess process,
    Launched launched,
    ProgramThread thread,
    ProgramGroup group,
    Optional<PseudoTerminal> terminal,
    List<String> notices)
    implements AutoCloseable {
  StartedProgram {
    notices = List.copyOf(notices);
  }

  /// To be called when the process was collected. Ends whatever is left.
  @Override
  public void close() {
    thread.close();
    process.close();
    terminal.ifPresent(PseudoTerminal::close);
    group.close();
  }
}

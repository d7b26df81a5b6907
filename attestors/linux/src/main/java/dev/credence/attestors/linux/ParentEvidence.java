package dev.credence.attestors.linux;

import dev.credence.platform.linux.Ancestors;
import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What those above the process run, as far as paths mean something.
final class ParentEvidence {
  private static final int MOST = 16;

  private ParentEvidence() {}

  static void collect(ProcessFacts facts, MountTable mounts, EvidenceList evidence)
      throws UnattestableException {
    try (Ancestors ancestors = Ancestors.of(facts.pid(), MOST)) {
      List<String> paths = paths(ancestors, mounts);
      String why =
          paths.size() < ancestors.programs().size()
              ? "the node does not reach the program of a process above it by a path of its own"
              : ancestors.end();
      if (!paths.isEmpty() && evidence.wants("parent_path")) {
        evidence.add("parent_path", paths.getFirst(), "/proc/PPID/exe");
      }
      if (evidence.wants("ancestor_path")) {
        paths.forEach(
            path -> evidence.addOneOfMany("ancestor_path", path, "/proc/PPID/exe, upwards"));
      }
      if (paths.isEmpty()) {
        evidence.gap("parent_path", why);
        evidence.gap("ancestor_path", why);
      }
    } catch (IOException e) {
      String why = ProcessAttestor.lasting(facts, e);
      evidence.gap("parent_path", why);
      evidence.gap("ancestor_path", why);
    }
  }

  /// The chain ends where a path means nothing.
  private static List<String> paths(Ancestors ancestors, MountTable mounts) throws IOException {
    List<String> paths = new ArrayList<>();
    for (ExecutableFile program : ancestors.programs()) {
      Optional<String> path = program.pathIn(mounts);
      if (path.isEmpty()) {
        return paths;
      }
      paths.add(path.get());
    }
    return paths;
  }
}

package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a process's control group holds it, beyond what a group made below this daemon's own would.
///
/// @param confinement by what; empty: by nothing that could be seen
/// @param seen false: this daemon may not ask for the programs of control groups
record GroupHold(Optional<String> confinement, boolean seen) {
  private static final GroupHold NONE = new GroupHold(Optional.empty(), true);
  private static final GroupHold UNSEEN = new GroupHold(Optional.empty(), false);

  /// Asks, unless both are in one group.
  ///
  /// @throws IOException if a group is gone, or cannot be asked about
  static GroupHold of(ProcDirectory caller, ProcDirectory own) throws IOException {
    Optional<Path> hierarchy = ControlGroup.hierarchy(own);
    Optional<String> its = ControlGroup.unified(caller);
    Optional<String> ours = ControlGroup.unified(own);
    if (hierarchy.isEmpty() || its.isEmpty() || ours.isEmpty() || its.equals(ours)) {
      return NONE; // programs hang on groups of the unified hierarchy only
    }
    if (isOutside(its.get()) || isOutside(ours.get())) {
      return by("its control group is outside of what the node sees");
    }
    Optional<GroupFilters> itsFilters = filters(hierarchy.get(), its.get());
    Optional<GroupFilters> ourFilters = filters(hierarchy.get(), ours.get());
    if (itsFilters.isEmpty() || ourFilters.isEmpty()) {
      return UNSEEN;
    }
    return itsFilters.get().areAllIn(ourFilters.get())
        ? NONE
        : by("BPF programs of its control group filter its network or its devices");
  }

  private static GroupHold by(String what) {
    return new GroupHold(Optional.of(what), true);
  }

  /// The kernel shows groups above the namespace's own root as `/..`.
  private static boolean isOutside(String group) {
    return List.of(group.split("/", -1)).contains("..");
  }

  private static Optional<GroupFilters> filters(Path hierarchy, String group) throws IOException {
    return GroupFilters.of(hierarchy.resolve(group.substring(1)).toString());
  }
}

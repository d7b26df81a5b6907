package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a process's control group holds it, beyond what a group made below this daemon's own would.
///
/// @param confinement by what; empty: by nothing that could be seen
/// @param seen false: it could not be found out: this daemon may not ask for the programs of
///   control groups, or does not see the groups
record GroupHold(Optional<String> confinement, boolean seen) {
  private static final GroupHold NONE = new GroupHold(Optional.empty(), true);
  private static final GroupHold UNSEEN = new GroupHold(Optional.empty(), false);

  /// Asks, unless both are in one group.
  ///
  /// @throws IOException if a group is gone, or cannot be asked about
  static GroupHold of(ProcDirectory caller, ProcDirectory own) throws IOException {
    Optional<Path> hierarchy = ControlGroup.hierarchy(own);
    String its = ControlGroup.unified(caller).orElse("");
    String ours = ControlGroup.unified(own).orElse("");
    Optional<GroupHold> unasked = unasked(its, ours, hierarchy.isPresent());
    return unasked.isPresent() ? unasked.get() : asked(hierarchy.orElseThrow(), its, ours);
  }

  /// What can be said without asking for programs, which hang on groups of the unified hierarchy
  /// only; empty: they are to be asked for.
  ///
  /// @param its group of the caller in that hierarchy, and the daemon's own; empty: none is shown
  /// @param hierarchy true: it is there to be looked into
  static Optional<GroupHold> unasked(String its, String ours, boolean hierarchy) {
    if (its.isEmpty() || ours.isEmpty()) {
      return Optional.of(UNSEEN);
    }
    if (its.equals(ours)) {
      return Optional.of(NONE);
    }
    if (isOutside(its) || isOutside(ours)) {
      return Optional.of(by("its control group is outside of what the node sees"));
    }
    return hierarchy ? Optional.empty() : Optional.of(UNSEEN);
  }

  private static GroupHold asked(Path hierarchy, String its, String ours) throws IOException {
    Optional<GroupFilters> itsFilters = filters(hierarchy, its);
    Optional<GroupFilters> ourFilters = filters(hierarchy, ours);
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

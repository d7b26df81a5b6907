package dev.credence.platform.linux;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whose rights on files count. Immutable.
///
/// @param uid unsigned
/// @param gid unsigned
/// @param groups supplementary ones
public record FileCredentials(int uid, int gid, List<Integer> groups) {
  /// As many as the kernel takes.
  private static final int MOST_GROUPS = 65_536;

  private static final int NOBODY = -1;

  /// @throws IllegalArgumentException for ids that nobody has, and for more groups than there can
  ///   be
  public FileCredentials {
    groups = List.copyOf(groups);
    if (uid == NOBODY || gid == NOBODY || groups.contains(NOBODY) || groups.size() > MOST_GROUPS) {
      throw new IllegalArgumentException(
          "uid "
              + Integer.toUnsignedString(uid)
              + ", gid "
              + Integer.toUnsignedString(gid)
              + ", "
              + groups.size()
              + " groups (expected: none of them 4294967295, and at most "
              + MOST_GROUPS
              + ")");
    }
  }

  /// Those of this daemon.
  ///
  /// @throws IOException if /proc does not say
  public static FileCredentials own() throws IOException {
    try (ProcDirectory own = Kernel.own()) {
      ProcStatus status = ProcStatus.read(own);
      return new FileCredentials(
          status.uids().get(1), status.gids().get(1), status.supplementaryGids());
    }
  }

  /// True if everything that these groups may do, the other's may do, too.
  boolean groupsWithin(FileCredentials other) {
    Set<Integer> theirs = new HashSet<>(other.groups);
    theirs.add(other.gid);
    return theirs.contains(gid) && theirs.containsAll(groups);
  }
}

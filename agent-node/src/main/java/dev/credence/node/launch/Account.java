package dev.credence.node.launch;

import java.util.List;

/// Whom a program runs as.
///
/// @param uid unsigned
/// @param gid unsigned
/// @param groups further groups, unsigned
/// @param name the account's; its number if it has none
/// @param home its folder; `/` if it has no account
/// @param shell its shell
record Account(int uid, int gid, List<Integer> groups, String name, String home, String shell) {
  Account {
    groups = List.copyOf(groups);
  }

  /// With other groups.
  Account in(int otherGid, List<Integer> others) {
    return new Account(uid, otherGid, others, name, home, shell);
  }
}

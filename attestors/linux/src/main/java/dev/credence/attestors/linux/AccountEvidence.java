package dev.credence.attestors.linux;

import dev.credence.platform.linux.ProcessFacts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Who the process runs as.
final class AccountEvidence {
  private static final String STATUS = "/proc/PID/status";

  /// Members of so many groups are rare; more would swell every record for nothing.
  private static final int MOST_GROUPS = 1024;

  private final AccountNames users;
  private final AccountNames groups;

  AccountEvidence(AccountNames users, AccountNames groups) {
    this.users = users;
    this.groups = groups;
  }

  void collect(ProcessFacts facts, EvidenceList evidence) {
    evidence.add("uid", Integer.toUnsignedString(facts.uid()), STATUS);
    evidence.add("gid", Integer.toUnsignedString(facts.gid()), STATUS);
    name("user", facts.uid(), users, evidence)
        .ifPresent(name -> evidence.add("user", name, users.file()));
    name("group", facts.gid(), groups, evidence)
        .ifPresent(name -> evidence.add("group", name, groups.file()));
    // A process may list a group many times over.
    supplementary(facts.supplementaryGids().stream().distinct().toList(), evidence);
  }

  private void supplementary(List<Integer> gids, EvidenceList evidence) {
    if (gids.size() > MOST_GROUPS) {
      String reason =
          "the process is in " + gids.size() + " groups (expected: at most " + MOST_GROUPS + ")";
      evidence.gap("supplementary_gid", reason);
      evidence.gap("supplementary_group", reason);
      return;
    }
    for (int gid : gids) {
      if (evidence.wants("supplementary_gid")) {
        evidence.addOneOfMany("supplementary_gid", Integer.toUnsignedString(gid), STATUS);
      }
      name("supplementary_group", gid, groups, evidence)
          .ifPresent(name -> evidence.addOneOfMany("supplementary_group", name, groups.file()));
    }
  }

  private static Optional<String> name(
      String selector, int id, AccountNames names, EvidenceList evidence) {
    if (!evidence.wants(selector)) {
      return Optional.empty();
    }
    try {
      Optional<String> name = names.of(id);
      if (name.isEmpty()) {
        evidence.gap(selector, Integer.toUnsignedString(id) + " has no name in " + names.file());
      }
      return name;
    } catch (IOException e) {
      evidence.gap(selector, names.file() + " cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }
}

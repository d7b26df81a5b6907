package dev.credence.attestors.linux;

import dev.credence.platform.linux.ProcessFacts;
import java.io.IOException;
import java.util.List;

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
    name("user", facts.uid(), users, evidence);
    name("group", facts.gid(), groups, evidence);
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
        evidence.add("supplementary_gid", Integer.toUnsignedString(gid), STATUS);
      }
      name("supplementary_group", gid, groups, evidence);
    }
  }

  private static void name(String selector, int id, AccountNames names, EvidenceList evidence) {
    if (!evidence.wants(selector)) {
      return;
    }
    try {
      names
          .of(id)
          .ifPresentOrElse(
              name -> evidence.add(selector, name, names.file()),
              () ->
                  evidence.gap(
                      selector, Integer.toUnsignedString(id) + " has no name in " + names.file()));
    } catch (IOException e) {
      evidence.gap(selector, names.file() + " cannot be read: " + e.getMessage());
    }
  }
}

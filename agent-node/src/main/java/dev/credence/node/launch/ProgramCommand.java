package dev.credence.node.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The programs that run one after another in the process of a launch, each in place of the one
/// before: into the group, down to the account's rights, to its environment, the program. Pure.
final class ProgramCommand {
  /// The group is frozen, so this shell stops inside its own writing, and goes on as root no
  /// further than to setpriv.
  private static final String ENTER = "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"";

  private ProgramCommand() {}

  /// All words.
  ///
  /// @param group folder of the control group
  static List<String> of(LaunchPlan plan, Account account, Path group) {
    var chain = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, group.toString()));
    chain.addAll(
        List.of(
            "/usr/bin/setpriv",
            "--reuid=" + Integer.toUnsignedString(account.uid()),
            "--regid=" + Integer.toUnsignedString(account.gid()),
            groups(account),
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
            "--pdeathsig=KILL",
            "--"));
    // Only now, without rights: among these may be variables that say which code to load.
    chain.addAll(List.of("/usr/bin/env", "-i"));
    chain.addAll(plan.environment().list());
    chain.addAll(plan.command());
    return chain;
  }

  private static String groups(Account account) {
    return account.groups().isEmpty()
        ? "--clear-groups"
        : "--groups="
            + account.groups().stream()
                .map(Integer::toUnsignedString)
                .collect(Collectors.joining(","));
  }
}

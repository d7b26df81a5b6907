package dev.credence.node.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The programs that run one after another in the process of a launch, each in place of the one
/// before: into the group, down to the account's rights, to its environment, the program. Pure.
final class ProgramCommand {
  /// The group is frozen, so this shell stops inside its own writing, and goes on as root no
  /// further than to setpriv.
  private static final String ENTER = "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"";

  private static final String INERT = "CREDENCE_ENV_";

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
    chain.addAll(withEnvironment(plan, plan.command()));
    return chain;
  }

  /// The last two of them.
  ///
  /// @param command the program's absolute path and its arguments
  static List<String> withEnvironment(LaunchPlan plan, List<String> command) {
    var words =
        new ArrayList<>(List.of("/usr/bin/env", "-S", put(plan.environment().list().size())));
    words.addAll(command);
    return words;
  }

  /// What these programs have in their environment: what the last one is to put into the program's,
  /// under names that mean nothing to any of them. Everybody may read a process's arguments, only
  /// its user and root its environment.
  static List<String> environment(LaunchPlan plan) {
    var inert = new ArrayList<String>();
    plan.environment().list().forEach(one -> inert.add(INERT + inert.size() + "=" + one));
    return inert;
  }

  /// To env(1), which puts the values in without looking at them further.
  private static String put(int variables) {
    return IntStream.range(0, variables)
        .mapToObj(i -> " \"${" + INERT + i + "}\"")
        .collect(Collectors.joining("", "-i", ""));
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

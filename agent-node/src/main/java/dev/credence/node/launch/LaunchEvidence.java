package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the node knows of a program because it starts it. Stateless.
final class LaunchEvidence {
  private static final String SOURCE = "the node's launch";

  private LaunchEvidence() {}

  /// For whom, as whom, and from where.
  ///
  /// @param agent OWNER/NAME
  /// @param filtersSeen true: the caller's control group was looked at for BPF programs, and had
  ///   none that the program sheds
  record For(String agent, Account account, boolean filtersSeen) {}

  /// All of it.
  ///
  /// @param code of the copy
  static List<Evidence> of(For whom, LaunchPlan plan, List<Evidence> code) {
    Account account = whom.account();
    boolean movable = plan.code().movableBecause().isPresent();
    var all = new ArrayList<>(plan.looseBecause().isPresent() ? asFile(code) : code);
    add(all, "launch", "agent", whom.agent());
    add(all, "launch", "caller_filters", whom.filtersSeen() ? "none" : "unseen");
    add(all, "launch", "runtime", plan.runtime().label());
    add(all, "launch", "uid", Integer.toUnsignedString(account.uid()));
    if (!account.name().equals(Integer.toUnsignedString(account.uid()))) {
      add(all, "launch", "user", account.name());
    }
    add(all, "launch", "arguments", digest(plan.arguments()).toString());
    plan.environment().evident().forEach(name -> add(all, "launch", "env", name));
    add(all, "sandbox", "cgroup", "own");
    add(all, "sandbox", "no_new_privs", "true");
    add(all, "sandbox", "capabilities", "none");
    add(all, "sandbox", "view", movable ? "original" : "copy");
    return List.copyOf(all);
  }

  /// What runs may be exchanged by the owner of a folder above it, or load more beside it: no more
  /// is known than of a file that the agent's user may be able to change.
  private static List<Evidence> asFile(List<Evidence> code) {
    return code.stream()
        .map(one ->
            one.code().isPresent()
                ? Evidence.of(one.selector(), CodeAssurance.FILE, one.source())
                : one)
        .toList();
  }

  private static void add(List<Evidence> all, String type, String name, String value) {
    try {
      all.add(Evidence.of(new Selector(type, name, value), SOURCE));
    } catch (IllegalArgumentException e) {
      return; // a name that no selector can have: no registration names it
    }
  }

  /// Over each argument's length in bytes (four, big-endian) and its bytes (UTF-8), as the caller
  /// wrote them, the program first.
  static Sha256 digest(List<String> arguments) {
    var all = new ByteArrayOutputStream();
    for (String argument : arguments) {
      byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
      all.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
      all.writeBytes(bytes);
    }
    return Sha256.of(all.toByteArray());
  }
}

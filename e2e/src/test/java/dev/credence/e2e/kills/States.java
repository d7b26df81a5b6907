package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Agents and nodes are in the state that the last acknowledged change left them in, or, if nobody
/// knows what became of the last one, before or after it.
final class States implements Invariant {
  static final String ABSENT = "absent";

  private static final Map<String, String> STATE_AFTER =
      Map.of(
          "agent-created", "active",
          "agent-updated", "active",
          "agent-resumed", "active",
          "agent-suspended", "suspended",
          "agent-retired", "retired",
          "node-suspended", "suspended",
          "node-resumed", "active",
          "node-banned", "banned",
          "node-evicted", "evicted");

  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    Map<String, String> states = new HashMap<>();
    for (Subject agent : evidence.agents()) {
      states.put(agent.getOwner() + "/" + agent.getName(), agent.getState());
    }
    for (Node node : evidence.nodes()) {
      states.put(node.getId(), node.getState());
    }
    var broken = new ArrayList<String>();
    expected(asked)
        .forEach((thing, allowed) -> {
          String state = states.getOrDefault(thing, ABSENT);
          if (!allowed.contains(state)) {
            broken.add("%s is %s (expected: %s)".formatted(thing, state, allowed));
          }
        });
    return broken;
  }

  /// What each thing may be now. The changes of one thing were asked for one after the other.
  static Map<String, Set<String>> expected(List<Asked> asked) {
    Map<String, Set<String>> allowed = new HashMap<>();
    for (Asked one : asked) {
      String after = STATE_AFTER.get(one.verb());
      if (after != null) {
        String before = one.verb().equals("agent-created") ? ABSENT : "active";
        allowed.merge(
            one.thing(), next(Set.of(before), one, after), (old, _) -> next(old, one, after));
      }
    }
    return allowed;
  }

  private static Set<String> next(Set<String> before, Asked one, String after) {
    return switch (one.outcome()) {
      case ACKNOWLEDGED -> Set.of(after);
      case REFUSED -> before;
      case UNKNOWN -> {
        var both = new java.util.TreeSet<>(before);
        both.add(after);
        yield both;
      }
    };
  }
}

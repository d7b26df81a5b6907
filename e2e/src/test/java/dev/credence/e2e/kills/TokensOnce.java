package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A join token brings one machine in, with one key, as one node.
final class TokensOnce implements Invariant {
  static final String ATTESTED = "node-attested";

  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    var broken = new ArrayList<String>();
    Map<String, Set<String>> keys = new HashMap<>();
    Map<String, Set<String>> nodes = new HashMap<>();
    Map<String, Integer> first = new HashMap<>();
    for (Event event : evidence.events()) {
      String token = event.getDetailsOrDefault("token", "");
      if (event.getKind().equals(ATTESTED) && !token.isEmpty()) {
        keys.computeIfAbsent(token, _ -> new TreeSet<>()).add(event.getDetailsOrDefault("key", ""));
        nodes.computeIfAbsent(token, _ -> new TreeSet<>()).add(event.getNodeId());
        first.merge(
            token, event.getDetailsOrDefault("again", "").equals("false") ? 1 : 0, Integer::sum);
      }
    }
    keys.forEach(
        (token, used) -> moreThanOne(broken, "token " + token + " was used by keys", used));
    nodes.forEach((token, made) -> moreThanOne(broken, "token " + token + " made nodes", made));
    first.forEach((token, times) -> {
      if (times != 1) {
        broken.add("token " + token + " was redeemed for the first time " + times + " times");
      }
    });
    acknowledged(asked, evidence, broken);
    return broken;
  }

  private static void acknowledged(List<Asked> asked, Evidence evidence, List<String> broken) {
    var known =
        evidence.nodes().stream()
            .map(dev.credence.proto.admin.v1.Node::getId)
            .collect(Collectors.toSet());
    Map<String, Set<String>> winners = new HashMap<>();
    for (Asked one : asked) {
      if (one.verb().equals(ATTESTED) && one.isAcknowledged()) {
        winners.computeIfAbsent(one.thing(), _ -> new HashSet<>()).add(one.request());
        one.answers().stream()
            .filter(node -> !known.contains(node))
            .forEach(node -> broken.add("node " + node + " was attested, and is not there"));
      }
    }
    winners.forEach((token, who) -> moreThanOne(broken, token + " was redeemed by requests", who));
  }

  private static void moreThanOne(List<String> broken, String what, Set<String> found) {
    if (found.size() > 1) {
      broken.add(what + " " + found + " (expected: one)");
    }
  }
}

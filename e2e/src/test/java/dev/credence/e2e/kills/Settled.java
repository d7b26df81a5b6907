package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What is so a little after server and node are both back: the node is the one that it was, each
/// process has exactly the executions that it is entitled to, and holds their newest certificates.
///
/// @param node its id
/// @param processes that run
/// @param entitled names of agents
record Settled(String node, List<AgentProcess> processes, Set<String> entitled) {

  /// What is not so yet, a line each.
  List<String> missing(Admin admin) throws IOException {
    var missing = new ArrayList<String>();
    var found = admin.nodes().stream().filter(one -> one.getId().equals(node)).findFirst();
    if (found.filter(Node::getConnected).filter(it -> it.getState().equals("active")).isEmpty()) {
      missing.add(
          "node " + node + " is not connected, or not active: " + found.map(Node::getState));
    }
    var running =
        admin.executions(false).stream().filter(one -> one.getNodeId().equals(node)).toList();
    Set<String> pairs =
        running.stream().map(Settled::pair).collect(Collectors.toCollection(TreeSet::new));
    Set<String> expected = new TreeSet<>();
    for (var process : processes) {
      entitled.forEach(agent -> expected.add(agent + " in " + process.pid()));
    }
    if (!pairs.equals(expected) || running.size() != expected.size()) {
      missing.add(
          "running: "
              + running.stream().map(Settled::pair).sorted().toList()
              + " (expected: "
              + expected
              + ")");
    }
    for (var process : processes) {
      held(process, running).ifPresent(missing::add);
    }
    return missing;
  }

  private static String pair(Execution one) {
    return one.getAgent() + " in " + one.getProcess().getMark().getPid();
  }

  private static Optional<String> held(AgentProcess process, List<Execution> running)
      throws IOException {
    Set<String> expected =
        running.stream()
            .filter(one -> one.getProcess().getMark().getPid() == process.pid())
            .map(one -> one.getSpiffeId() + " " + one.getId() + " " + number(one.getSerial()))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> held =
        process.holds().orElse(List.of()).stream()
            .map(seen -> seen.spiffeId() + " " + seen.execution() + " " + number(seen.serial()))
            .collect(Collectors.toCollection(TreeSet::new));
    return held.equals(expected)
        ? Optional.empty()
        : Optional.of(
            "process %d holds %s (expected: %s)".formatted(process.pid(), held, expected));
  }

  private static String number(String serial) {
    return serial.isEmpty() ? "" : new java.math.BigInteger(serial, 16).toString(16);
  }
}

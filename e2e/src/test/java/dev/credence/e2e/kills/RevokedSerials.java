package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Event;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The revocation lists name every unexpired certificate that a forced end withdrew, and none of
/// what runs.
final class RevokedSerials implements Invariant {

  private record Issued(BigInteger serial, String subject, String node, Instant notAfter) {}

  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    var broken = new ArrayList<String>();
    due(evidence.events(), evidence.at())
        .forEach((serial, why) -> {
          if (!evidence.listed().contains(serial)) {
            broken.add("serial %x is on no revocation list, after %s".formatted(serial, why));
          }
        });
    for (var running : evidence.running()) {
      if (!running.getSerial().isEmpty()
          && evidence.listed().contains(new BigInteger(running.getSerial(), 16))) {
        broken.add(
            "serial %s is on a revocation list, and execution %s runs with it"
                .formatted(running.getSerial(), running.getId()));
      }
    }
    return broken;
  }

  /// What must be listed, and for which event.
  static Map<BigInteger, String> due(List<Event> events, Instant at) {
    var issued = new ArrayList<Issued>();
    var due = new TreeMap<BigInteger, String>();
    for (Event event : events) {
      String subject = event.getSubjectId();
      String node = event.getNodeId();
      switch (event.getKind()) {
        case "svid-issued", "node-attested", "node-renewed" -> issued.add(issued(event));
        case "agent-suspended", "agent-retired" ->
            withdraw(due, issued, event, one -> one.subject.equals(subject));
        case "bar-set" ->
            withdraw(
                due, issued, event, one -> one.subject.equals(subject) && one.node.equals(node));
        case "node-banned", "node-evicted" ->
            withdraw(due, issued, event, one -> one.node.equals(node));
        default -> {}
      }
    }
    issued.forEach(one -> {
      if (!one.notAfter.isAfter(at)) {
        due.remove(one.serial);
      }
    });
    return due;
  }

  private static Issued issued(Event event) {
    return new Issued(
        new BigInteger(event.getDetailsOrDefault("serial", "0"), 16),
        event.getSubjectId(),
        event.getNodeId(),
        Instant.parse(event.getDetailsOrDefault("not-after", Instant.MAX.toString())));
  }

  private static void withdraw(
      Map<BigInteger, String> due, List<Issued> issued, Event by, Predicate<Issued> which) {
    issued.stream()
        .filter(which)
        .forEach(one -> due.put(one.serial, "event " + by.getNumber() + ", " + by.getKind()));
  }
}

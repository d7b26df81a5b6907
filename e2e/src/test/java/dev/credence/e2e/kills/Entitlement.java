package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Execution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// As the events tell it: nothing is issued for whoever is suspended, retired, barred, banned or
/// evicted; nothing for an execution that has not begun or has ended; an execution begins and ends
/// once; no serial and no key of a process is there twice; and what runs is what has begun and not
/// ended, once for each process.
final class Entitlement implements Invariant {
  private static final Set<String> OUT =
      Set.of("agent-suspended", "agent-retired", "node-suspended", "node-banned", "node-evicted");
  private static final Set<String> IN = Set.of("agent-resumed", "node-resumed");

  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    var sweep = new Sweep();
    evidence.events().forEach(sweep::add);
    sweep.compare(evidence.running());
    return sweep.broken;
  }

  private static final class Sweep {
    private final List<String> broken = new ArrayList<>();
    private final Set<String> out = new HashSet<>();
    private final Map<String, Boolean> runs = new HashMap<>();
    private final Set<String> serials = new HashSet<>();
    private final Set<String> keys = new HashSet<>();

    void add(Event event) {
      String about = event.getKind().startsWith("node-") ? event.getNodeId() : event.getSubjectId();
      if (OUT.contains(event.getKind())) {
        out.add(about);
      } else if (IN.contains(event.getKind())) {
        out.remove(about);
      } else {
        execution(event);
      }
    }

    private void execution(Event event) {
      switch (event.getKind()) {
        case "bar-set" -> out.add(event.getSubjectId() + event.getNodeId());
        case "bar-lifted" -> out.remove(event.getSubjectId() + event.getNodeId());
        case "execution-began" -> {
          entitled(event);
          if (runs.put(event.getExecutionId(), true) != null) {
            say(event, "of an execution that had begun");
          }
        }
        case "svid-issued" -> issued(event);
        case "execution-ended" -> {
          if (!Boolean.TRUE.equals(runs.put(event.getExecutionId(), false))) {
            say(event, "of an execution that does not run");
          }
        }
        case "node-attested", "node-renewed", "node-returned" -> {
          if (out.contains(event.getNodeId())) {
            say(event, "of a node that is out of service");
          }
        }
        default -> {}
      }
    }

    private void issued(Event event) {
      once(event, "serial", serials);
      if (event.getExecutionId().isEmpty()) {
        return; // the server's own
      }
      entitled(event);
      once(event, "key", keys);
      if (!runs.getOrDefault(event.getExecutionId(), false)) {
        say(event, "of an execution that does not run");
      }
    }

    private void entitled(Event event) {
      for (String who :
          List.of(
              event.getSubjectId(), event.getNodeId(), event.getSubjectId() + event.getNodeId())) {
        if (out.contains(who)) {
          say(event, "of " + who + ", which is out of service");
        }
      }
    }

    private void once(Event event, String what, Set<String> seen) {
      String value = event.getDetailsOrDefault(what, "");
      if (value.isEmpty() || !seen.add(value)) {
        say(event, "with " + what + " \"" + value + "\" (expected: a new one)");
      }
    }

    void compare(List<Execution> running) {
      var open = new HashSet<String>();
      runs.forEach((id, runs) -> {
        if (runs) {
          open.add(id);
        }
      });
      var processes = new HashSet<String>();
      for (Execution one : running) {
        if (!open.remove(one.getId())) {
          broken.add("execution " + one.getId() + " runs (expected by events: it does not)");
        }
        var mark = one.getProcess().getMark();
        if (!processes.add(
            one.getNodeId() + one.getSubjectId() + mark.getPid() + ":" + mark.getStartTime())) {
          broken.add("execution " + one.getId() + ": a second one of its process");
        }
      }
      open.forEach(
          id -> broken.add("execution " + id + " does not run (expected by events: it does)"));
    }

    private void say(Event event, String what) {
      broken.add("event %d, %s %s".formatted(event.getNumber(), event.getKind(), what));
    }
  }
}

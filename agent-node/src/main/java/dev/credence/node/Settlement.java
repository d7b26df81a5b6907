package dev.credence.node;

import dev.credence.certs.Id;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Compares the server's list of running executions with the processes that there are, each time
/// when the sync stream opens.
final class Settlement {
  private final ProcessTable processes;
  private final EndReports ends;

  Settlement(ProcessTable processes, EndReports ends) {
    this.processes = processes;
    this.ends = ends;
  }

  /// Reports the ends that the server doesn't know, drops what the server has ended, and goes on
  /// with what has its process still. Blocks.
  ///
  /// @return the executions of the list that run
  /// @throws UnsettledException if that can't be found out now
  List<Id> settle(List<HostedByServer> hosted) throws UnsettledException {
    ends.flush();
    Set<Id> known = hosted.stream().map(HostedByServer::execution).collect(Collectors.toSet());
    for (Id mine : processes.executionIds()) {
      if (!known.contains(mine)) {
        processes.ended(mine, "while the server was away");
      }
    }
    Set<Id> mine = processes.executionIds();
    List<Id> running = new ArrayList<>();
    for (HostedByServer one : hosted) {
      if (mine.contains(one.execution()) || goesOn(one)) {
        running.add(one.execution());
      }
    }
    return running;
  }

  private boolean goesOn(HostedByServer hosted) throws UnsettledException {
    if (ends.isOpen(hosted.execution())) {
      return false;
    }
    var execution = new HeldExecution(hosted.execution(), hosted.subject(), hosted.registration());
    return processes.adopt(hosted.mark(), execution);
  }
}

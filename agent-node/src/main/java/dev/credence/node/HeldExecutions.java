package dev.credence.node;

import dev.credence.certs.Id;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The running executions of one process, at most one for each agent or service. Whatever leaves is
/// reported to the server; that includes one that arrives from the server after the process was
/// given up. Thread-safe.
final class HeldExecutions {
  private final EndReports ends;
  private final Consumer<EndReason> told;
  private final Map<Id, HeldExecution> bySubject = new LinkedHashMap<>();
  // What the server ended during this round: an answer that was under way must not bring it back.
  private final Set<Id> gone = new HashSet<>();
  private boolean inRound;
  private @Nullable EndReason closed;

  /// @param told of each end that the node decides on, before it is reported; must not block
  HeldExecutions(EndReports ends, Consumer<EndReason> told) {
    this.ends = ends;
    this.told = told;
  }

  /// From now on, questions to the server may be under way.
  synchronized void beginRound() {
    inRound = true;
  }

  /// All of them are answered.
  synchronized void endRound() {
    inRound = false;
    gone.clear();
  }

  synchronized Optional<HeldExecution> of(Id subject) {
    return Optional.ofNullable(bySubject.get(subject));
  }

  synchronized List<HeldExecution> all() {
    return List.copyOf(bySubject.values());
  }

  /// Takes the place of what was held for that agent or service. False: the process was given up
  /// meanwhile, and the execution is ended; or the server ended it meanwhile.
  synchronized boolean hold(HeldExecution execution) {
    if (gone.contains(execution.id())) {
      return false;
    }
    if (closed != null) {
      ends.report(execution.id(), closed);
      return false;
    }
    bySubject.put(execution.subjectId(), execution);
    return true;
  }

  /// Takes an execution from before this daemon's start. False: there is another one by now.
  synchronized boolean adopt(HeldExecution execution) {
    return closed == null && bySubject.putIfAbsent(execution.subjectId(), execution) == null;
  }

  /// Ends the execution of one agent or service.
  synchronized void end(Id subject, EndReason reason) {
    HeldExecution execution = bySubject.remove(subject);
    if (execution != null) {
      told.accept(reason);
      ends.report(execution.id(), reason);
    }
  }

  /// Drops an execution that the server has ended. True if it was held.
  synchronized boolean forget(Id execution) {
    if (inRound) {
      gone.add(execution);
    }
    return bySubject.values().removeIf(held -> held.id().equals(execution));
  }

  /// None begins, for what would have ended it.
  void notBegun(EndReason reason) {
    told.accept(reason);
  }

  /// Ends all, and every one that would come later.
  synchronized void endAll(EndReason reason) {
    closed = reason;
    told.accept(reason);
    bySubject.values().forEach(execution -> ends.report(execution.id(), reason));
    bySubject.clear();
  }
}

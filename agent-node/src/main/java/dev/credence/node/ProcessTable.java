package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.node.HostedProcess.Parts;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.NotNow;
import dev.credence.platform.config.Key;
import dev.credence.platform.linux.ExitWatch;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.transport.Share;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The processes that are served, by their marks. Thread-safe.
final class ProcessTable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessTable.class);

  private final Map<ProcessMark, HostedProcess> byMark = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> ofUid = new ConcurrentHashMap<>();
  // More than one while a process that became another one is given up.
  private final Map<Integer, List<HostedProcess>> ofPid = new ConcurrentHashMap<>();
  private final Parts parts;
  private final ExitWatch exits;
  private final Limits.Processes limits;

  ProcessTable(
      Evaluation evaluation, EndReports ends, Executor executor, Seams seams, Watching watching) {
    this.parts = new Parts(evaluation, ends, watching.spoiling(), executor, seams, this::remove);
    this.exits = watching.exits();
    this.limits = watching.limits();
  }

  /// What watches the processes, and how many may be.
  ///
  /// @param spoiling told of ends that say something about a process
  record Watching(ExitWatch exits, Limits.Processes limits, Spoiling spoiling) {}

  /// The process behind a connection. Whether a known one is still the same is for its next
  /// evaluation to say; a new one is held fast only if it is.
  ///
  /// @throws RefusedException if it isn't, or if there are too many
  HostedProcess of(Caller caller) throws RefusedException {
    HostedProcess known = byMark.get(caller.mark());
    return known != null ? known : enter(caller);
  }

  private HostedProcess enter(Caller caller) throws RefusedException {
    requireRoom(caller.credentials().uid());
    try {
      // Its own hold: the process is served longer than this connection lives.
      return enter(caller.hold(), caller.mark());
    } catch (IOException e) {
      LOG.atError().setCause(e).log("process cannot be watched");
      throw new RefusedException(new NotNow("the node has no descriptors left; try again"));
    }
  }

  private HostedProcess enter(Host pinned, ProcessMark expected)
      throws RefusedException, IOException {
    if (!pinned.mark().equals(expected)) {
      pinned.close();
      throw new RefusedException(
          Denied.unattestable(
              RefusalReason.MARK_CHANGED, "the process runs another program than before"));
    }
    var process = new HostedProcess(pinned, parts);
    // Counted first: once it is in the table it may leave it at any time.
    ofUid.merge(process.uid(), 1, Integer::sum);
    HostedProcess earlier = byMark.putIfAbsent(expected, process);
    if (earlier != null) {
      leave(process.uid());
      pinned.close();
      return earlier;
    }
    know(process);
    try {
      process.watchedBy(pinned.watch(exits, process::exited));
      return process;
    } catch (IllegalStateException e) {
      // It ended before it could be watched, or the node stops.
      process.nodeStops();
      throw new RefusedException(new NotNow("the process has ended"));
    } catch (IOException e) {
      process.nodeStops();
      throw e;
    }
  }

  private void requireRoom(int uid) throws RefusedException {
    if (ofUid.getOrDefault(uid, 0) >= limits.perUid()) {
      throw full(
          Text.of("of uid %s", Integer.toUnsignedString(uid)),
          limits.perUid(),
          NodeLimitKeys.PROCESSES_PER_UID);
    }
    int all = byMark.size();
    if (all < limits.total() && !Share.hasRoom(ofUid.getOrDefault(uid, 0), all, limits.total())) {
      throw full(
          Text.of("of uid %s for its share", Integer.toUnsignedString(uid)),
          limits.total() - all,
          NodeLimitKeys.PROCESSES);
    }
    if (all >= limits.total()) {
      throw full("in all", limits.total(), NodeLimitKeys.PROCESSES);
    }
  }

  private static RefusedException full(String whose, int most, Key<Integer> key) {
    return new RefusedException(
        Denied.of(
            RefusalReason.LIMIT,
            Text.of(
                "too many processes are served %s (expected: at most %d, see %s in the node's configuration)",
                whose, most, key.name())));
  }

  /// Goes on with an execution from before this daemon's start, if its process is still the same
  /// one.
  ///
  /// @throws UnsettledException if that can't be found out now
  boolean adopt(ProcessMark mark, HeldExecution execution) throws UnsettledException {
    HostedProcess known = byMark.get(mark);
    if (known != null) {
      return known.adopt(execution);
    }
    if (mark.pid() == 0) {
      return false; // of a TCP connection, which is closed
    }
    try {
      return enter(new ProcessHost(PinnedProcess.ofPid(mark.pid())), mark).adopt(execution);
    } catch (IOException e) {
      throw new UnsettledException("a process cannot be watched: " + e.getMessage());
    } catch (UnattestableException | RefusedException e) {
      if (e instanceof UnattestableException look && look.isTransient()) {
        throw new UnsettledException(String.valueOf(e.getMessage()));
      }
      LOG.atInfo()
          .addKeyValue("execution", execution.id())
          .addKeyValue("reason", e.getMessage())
          .log("process of an earlier execution is gone");
      return false;
    }
  }

  private void remove(HostedProcess process) {
    if (byMark.remove(process.mark(), process)) {
      forget(process);
      leave(process.uid());
    }
  }

  private void know(HostedProcess process) {
    ofPid.merge(
        process.mark().pid(),
        List.of(process),
        (known, one) -> Stream.concat(known.stream(), one.stream()).toList());
    if (byMark.get(process.mark()) != process) {
      forget(process); // it was given up meanwhile
    }
  }

  private void forget(HostedProcess process) {
    ofPid.computeIfPresent(
        process.mark().pid(),
        (_, known) -> {
          List<HostedProcess> rest = known.stream().filter(one -> one != process).toList();
          return rest.isEmpty() ? null : rest;
        });
  }

  private void leave(int uid) {
    ofUid.computeIfPresent(uid, (_, count) -> count == 1 ? null : count - 1);
  }

  Optional<HostedProcess> byMark(ProcessMark mark) {
    return Optional.ofNullable(byMark.get(mark));
  }

  Collection<HostedProcess> all() {
    return List.copyOf(byMark.values());
  }

  int size() {
    return byMark.size();
  }

  /// Everything that is served is looked at again.
  void signalAll() {
    byMark.values().forEach(HostedProcess::signal);
  }

  /// Something happened to the process with this pid, if it is served here. Cheap: it is asked
  /// about every process of the machine.
  void happened(int pid) {
    ofPid.getOrDefault(pid, List.of()).forEach(HostedProcess::lookAgain);
  }

  /// True if a process of this user is served. Cheap, likewise.
  boolean serves(int uid) {
    return ofUid.containsKey(uid);
  }

  /// Of which at least one process is served.
  Set<Integer> uids() {
    return Set.copyOf(ofUid.keySet());
  }

  /// Something happened that concerns what is served of this user.
  void happenedBeside(int uid) {
    byMark.values().stream()
        .filter(process -> process.uid() == uid)
        .forEach(HostedProcess::lookAgain);
  }

  /// Anything may have happened to anybody.
  void anythingHappened() {
    byMark.values().forEach(HostedProcess::lookAgain);
  }

  /// Of all running executions.
  Set<Id> executionIds() {
    return byMark.values().stream()
        .flatMap(process -> process.executions().stream())
        .map(HeldExecution::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// These agents and services are barred here; who was barred before and is not any more may ask
  /// again.
  void barred(Set<Id> subjects) {
    byMark.values().forEach(process -> process.barred(subjects));
  }

  /// The server has ended an execution.
  void ended(Id execution, String reason) {
    byMark.values().forEach(process -> process.ended(execution, reason));
  }

  /// The node stops: every stream ends, no execution does.
  void close() {
    all().forEach(HostedProcess::nodeStops);
  }
}

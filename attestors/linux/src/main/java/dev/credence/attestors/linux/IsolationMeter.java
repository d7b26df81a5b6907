package dev.credence.attestors.linux;

import dev.credence.certs.Isolation;
import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.ProcessTable;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Measures how far a process is apart from others. Thread-safe.
///
/// - `own-uid`: the user is not root, and every other process with this user id (real, effective or
///   saved) runs the same executable file, or descends from one that does. A process of another
///   program that descends from it counts as its tool; one that left its parent does not.
///   Interpreters all look alike, so there only descendants of the process itself count as its own.
/// - `sandboxed`: besides, it can gain no privileges by exec, sees the file system through a mount
///   namespace that is not the node's, and shares its control group with nobody from outside: the
///   node has made the group for it alone and started it there, or it has a pid namespace apart
///   from the node's and nobody in the group is outside of that.
/// - `shared-uid`: everything else, and whatever could not be measured: more processes than are
///   looked at, or one that the node may not examine. That is said beside it: whoever has many
///   processes brings it about, for all.
///
/// It says what was so at a moment, and only of processes that the node's pid namespace shows. Who
/// runs under a user id is read at most once a second, and again where a newcomer was told of.
public final class IsolationMeter {
  private static final int MOST_PROCESSES = 32_768;
  private static final int MOST_USERS = 256;
  private static final int DEEPEST = 64;
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final LongSupplier nanos;
  private final Launches launches;
  private final int most;
  private final Map<Integer, Neighbours> byUser = new HashMap<>();
  private final Map<Integer, Long> newcomers = new ConcurrentHashMap<>();

  /// Without launches.
  ///
  /// @param nanos a clock that never steps, in nanoseconds; for how old a reading is
  public IsolationMeter(LongSupplier nanos) {
    this(nanos, (_, _) -> false);
  }

  /// @param nanos a clock that never steps, in nanoseconds; for how old a reading is
  /// @param launches the processes that the node itself has started, each in a group of its own
  public IsolationMeter(LongSupplier nanos, Launches launches) {
    this(nanos, launches, MOST_PROCESSES);
  }

  /// @param most processes of this machine that are looked at
  IsolationMeter(LongSupplier nanos, Launches launches, int most) {
    this.nanos = nanos;
    this.launches = launches;
    this.most = most;
  }

  /// What was measured.
  ///
  /// @param unmeasured why it could not be told who else runs under the user id, so that nothing
  ///   was seen of anybody, and the isolation is the lowest all the same; empty: it could
  public record Measured(Isolation isolation, Optional<String> unmeasured) {
    /// What was seen.
    public static Measured of(Isolation isolation) {
      return new Measured(isolation, Optional.empty());
    }

    private static Measured not(String why) {
      return new Measured(Isolation.SHARED_UID, Optional.of(why));
    }
  }

  /// The processes that the node itself has started.
  @FunctionalInterface
  public interface Launches {
    /// True if the node has started this process in this group, which it made for it alone.
    boolean isInItsGroup(int pid, String group);
  }

  /// @param early read because of a newcomer, before the one before was old
  private record Neighbours(long readAt, boolean early, Optional<List<ProcessTable.Row>> rows) {
    /// False: it was read before that process had the user id; who was there may be gone.
    boolean shows(int pid) {
      return rows.stream().flatMap(List::stream).anyMatch(row -> row.pid() == pid);
    }
  }

  /// A process has taken this user id: what was read before says nothing of it, and is not used any
  /// more. Each call may cost one reading: whoever calls has some time pass between two of the same
  /// user. Never blocks.
  ///
  /// @param uid unsigned; of a user whose processes are measured, so that these are few
  public void newcomer(int uid) {
    newcomers.put(uid, nanos.getAsLong());
  }

  /// Measures one process.
  ///
  /// @param facts read just now; the caller makes sure that it is still the same process
  /// @throws UnattestableException if the process is gone, or the node may not look
  public Measured measure(ProcessFacts facts) throws UnattestableException {
    if (facts.uid() == 0) {
      return Measured.of(Isolation.SHARED_UID);
    }
    Neighbours known = neighbours(facts.uid(), facts.pid());
    if (known.rows().isEmpty()) {
      return Measured.not(
          "who else runs under its uid cannot be told now (expected: at most "
              + most
              + " processes on this machine, and free descriptors)");
    }
    if (!hasOwnUser(facts, known.rows().get())) {
      return known.shows(facts.pid())
          ? Measured.of(Isolation.SHARED_UID)
          : Measured.not("who else runs under its uid was read before it began");
    }
    return Measured.of(isSandboxed(facts) ? Isolation.SANDBOXED : Isolation.OWN_UID);
  }

  private static boolean hasOwnUser(ProcessFacts facts, List<ProcessTable.Row> rows)
      throws UnattestableException {
    Map<Integer, ProcessTable.Row> byPid =
        rows.stream().collect(Collectors.toMap(ProcessTable.Row::pid, Function.identity()));
    Predicate<ProcessTable.Row> isOwn = isOwn(facts);
    return byPid.values().stream().allMatch(row -> belongs(row, isOwn, byPid));
  }

  private static Predicate<ProcessTable.Row> isOwn(ProcessFacts facts)
      throws UnattestableException {
    if (Interpreters.hasName(facts.executable()) || !showsItsProgram(facts.pid())) {
      return row -> row.pid() == facts.pid();
    }
    FileStat program = program(facts.pid());
    return row ->
        row.pid() == facts.pid()
            || (row.executable().filter(program::sameFile).isPresent()
                && showsItsProgram(row.pid()));
  }

  /// In a user namespace of its own a process can show any program as its own.
  private static boolean showsItsProgram(int pid) {
    try {
      return Namespaces.sameAsOwn(pid, Namespaces.Kind.USER);
    } catch (UnattestableException e) {
      return false;
    }
  }

  /// It, or some ancestor under the same user, is the process or runs its program.
  private static boolean belongs(
      ProcessTable.Row row,
      Predicate<ProcessTable.Row> isOwn,
      Map<Integer, ProcessTable.Row> byPid) {
    Optional<ProcessTable.Row> ancestor = Optional.of(row);
    for (int depth = 0; depth < DEEPEST && ancestor.isPresent(); depth++) {
      if (isOwn.test(ancestor.get())) {
        return true;
      }
      ancestor = Optional.ofNullable(byPid.get(ancestor.get().parent()));
    }
    return false;
  }

  private static FileStat program(int pid) throws UnattestableException {
    try (ExecutableFile file = ExecutableFile.of(pid)) {
      return file.stat();
    } catch (IOException e) {
      throw UnattestableException.unreadable(pid, e);
    }
  }

  /// Reading is serial: a crowd of new processes shares one.
  private synchronized Neighbours neighbours(int uid, int pid) {
    long now = nanos.getAsLong();
    byUser.values().removeIf(known -> now - known.readAt() > FRESH_NANOS);
    newcomers.values().removeIf(joined -> now - joined > FRESH_NANOS);
    Neighbours known = byUser.get(uid);
    if (known == null || isOutdated(known, uid, pid)) {
      known = new Neighbours(now, known != null, ProcessTable.ofUser(uid, most));
      if (known.early() || byUser.size() < MOST_USERS) {
        byUser.put(uid, known);
      }
    }
    return known;
  }

  /// Because of one that it does not show, once only: such ones can be made as often as one likes.
  private boolean isOutdated(Neighbours known, int uid, int pid) {
    Long joined = newcomers.get(uid);
    boolean told = joined != null && joined - known.readAt() >= 0;
    return told || (!known.early() && !known.shows(pid));
  }

  private boolean isSandboxed(ProcessFacts facts) throws UnattestableException {
    ProcessFacts.Confinement confinement = facts.confinement();
    return confinement.noNewPrivileges()
        && !facts.sameMountNamespace()
        && !confinement.cgroup().equals("/")
        && (launches.isInItsGroup(facts.pid(), confinement.cgroup())
            || (confinement.ownPidNamespace() && hasOwnCgroup(facts)));
  }

  private boolean hasOwnCgroup(ProcessFacts facts) throws UnattestableException {
    Optional<List<Integer>> pids = ProcessTable.pids(most);
    if (pids.isEmpty()) {
      return false;
    }
    for (int other : pids.get()) {
      boolean sharesGroup =
          ProcessTable.cgroup(other).filter(facts.confinement().cgroup()::equals).isPresent();
      if (sharesGroup && !Namespaces.same(facts.pid(), other, Namespaces.Kind.PID)) {
        return false;
      }
    }
    return true;
  }
}

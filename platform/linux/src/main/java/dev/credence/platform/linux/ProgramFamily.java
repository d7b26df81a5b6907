package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A program and what it started, without a control group: every process of the session that the
/// program leads, and every one in the user namespace that it was given, if it was given one.
///
/// Nothing leaves a user namespace, so with one this is all of them. A session is left by
/// setsid(2): without a namespace, what has done so is not found. Thread-safe.
public final class ProgramFamily implements ProgramGroup {
  private static final int MOST = 1 << 20;
  private static final int KILL = 9;
  private static final int MOST_ROUNDS = 1000;

  private final int leader;
  private final long startTime;
  private final Optional<UserNamespace> users;
  private volatile boolean removed;

  private ProgramFamily(int leader, long startTime, Optional<UserNamespace> users) {
    this.leader = leader;
    this.startTime = startTime;
    this.users = users;
  }

  /// @param leader of a session, not collected yet
  /// @param users that it was given, closed with this; empty: none of its own
  /// @throws IOException if it cannot be looked at
  public static ProgramFamily of(SpawnedProcess leader, Optional<UserNamespace> users)
      throws IOException {
    try (ProcDirectory process = ProcDirectory.open(leader.pid())) {
      return new ProgramFamily(leader.pid(), ProcStat.read(process).startTime(), users);
    }
  }

  @Override
  public void signal(int number) throws IOException {
    var _ = signalled(number);
  }

  /// As many as there are while it is looked; a process that forks faster than it is found is not
  /// waited for endlessly.
  @Override
  public void kill() throws IOException {
    for (int round = 0; round < MOST_ROUNDS && signalled(KILL) > 0; round++) {
      pause();
    }
  }

  /// What was killed is gone within a moment.
  private static void pause() {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      var _ = calls.poll(calls.allocate(0, 8), 1);
    }
  }

  @Override
  public void remove() throws IOException {
    try {
      kill();
    } finally {
      removed = true;
      users.ifPresent(UserNamespace::close);
    }
  }

  @Override
  public void close() {
    try {
      remove();
    } catch (IOException | IllegalStateException e) {
      return;
    }
  }

  /// How many were alive.
  private int signalled(int number) throws IOException {
    if (removed) {
      return 0;
    }
    List<Integer> pids =
        ProcessTable.pids(MOST).orElseThrow(() -> new IOException("/proc lists no processes"));
    Predicate<ProcDirectory> member = member();
    int count = 0;
    for (int pid : pids) {
      if (signalled(pid, number, member)) {
        count++;
      }
    }
    return count;
  }

  /// The number of a session is its leader's, as long as that was not collected.
  private Predicate<ProcDirectory> member() {
    boolean leads = isLeader();
    return process -> {
      try {
        return !ProcStat.read(process).isDead()
            && ((leads && session(process) == leader)
                || users.filter(held -> held.holds(process)).isPresent());
      } catch (IOException e) {
        return false; // it has ended
      }
    };
  }

  private boolean isLeader() {
    try (ProcDirectory process = ProcDirectory.open(leader)) {
      return ProcStat.read(process).startTime() == startTime;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean signalled(int pid, int number, Predicate<ProcDirectory> member) {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      if (!member.test(process)) {
        return false;
      }
      try (Pidfd held = Pidfd.open(pid);
          LaunchCalls calls = LaunchCalls.frame()) {
        // Read again through the folder that was opened first: the handle is that process's.
        return member.test(process) && calls.pidfdSendSignal(held.fd(), number) == 0;
      }
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  /// The session's number: the fourth field after the name.
  private static int session(ProcDirectory process) throws IOException {
    String stat = process.readText("stat", ProcStat.LONGEST);
    var fields =
        new ArrayList<>(List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 5)));
    try {
      return Integer.parseInt(fields.get(3));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IOException("/proc/PID/stat is malformed", e);
    }
  }
}

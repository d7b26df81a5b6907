package dev.credence.platform.linux;

import java.io.IOException;

/// Where a process stands: its control groups, its namespaces, and what its root and its program
/// lie on. All of it is held by the kernel. It counts only if the process is still the same one
/// afterwards: see [PinnedProcess].
///
/// @param uid effective user id, unsigned
/// @param gid effective group id, unsigned
/// @param startedAtBootNanos when it was started, on [BootClock], to the tick (10 ms) below
/// @param groups its control groups
/// @param pids its pid namespace
/// @param mounts its mount namespace
/// @param rootMount the mount that its root folder lies on, -1 if the kernel (before 5.8) does not
///   say
/// @param programMount the mount that its program's file lies on, -1 likewise
public record ProcessPlace(
    int uid,
    int gid,
    long startedAtBootNanos,
    ControlGroups groups,
    Namespace pids,
    Namespace mounts,
    long rootMount,
    long programMount) {

  /// One namespace, told from others by its file.
  public record Namespace(long device, long inode) {}

  /// Reads it of the process that has this pid now, all of one process.
  ///
  /// @throws UnattestableException if it is gone, or this daemon may not read it
  public static ProcessPlace read(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      ProcStatus status = ProcStatus.read(process);
      return new ProcessPlace(
          status.uids().get(1),
          status.gids().get(1),
          ProcStat.read(process).startTime() * (1_000_000_000L / Kernel.ticksPerSecond()),
          ControlGroups.read(process),
          namespace(process, Namespaces.Kind.PID),
          namespace(process, Namespaces.Kind.MNT),
          process.target("root").mountId(),
          process.target("exe").mountId());
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  private static Namespace namespace(ProcDirectory process, Namespaces.Kind kind)
      throws IOException {
    FileVersion file = process.target(kind.file()).version();
    return new Namespace(file.device(), file.inode());
  }
}

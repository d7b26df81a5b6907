package dev.credence.platform.linux;

import java.io.IOException;
import java.util.List;

/// What the kernel says about a process at one moment. The facts count only if the process is still
/// the same one afterwards: see [PinnedProcess].
///
/// @param pid as this daemon sees it
/// @param uid effective user id, unsigned: print it by [Integer#toUnsignedString(int)]
/// @param gid effective group id, unsigned
/// @param supplementaryGids further groups, unsigned
/// @param executable path of the program as the kernel shows it, for people: whoever controls a
///   mount namespace makes it anything. Ends in ` (deleted)` if the file has no name any more
/// @param sameMountNamespace the process sees the same files as this daemon
/// @param confinement what it cannot do, and who looks on
public record ProcessFacts(
    int pid,
    int uid,
    int gid,
    List<Integer> supplementaryGids,
    String executable,
    boolean sameMountNamespace,
    Confinement confinement) {

  /// What holds a process back.
  ///
  /// @param noNewPrivileges its programs never gain privileges by exec
  /// @param ownPidNamespace it counts processes apart from this daemon
  /// @param cgroup its control group in the unified hierarchy, or else in the first one; `/` for
  ///   none
  /// @param tracer pid of the process that traces it, 0 for none
  public record Confinement(
      boolean noNewPrivileges, boolean ownPidNamespace, String cgroup, int tracer) {}

  public ProcessFacts {
    supplementaryGids = List.copyOf(supplementaryGids);
  }

  /// Reads the facts of the process that has this pid now.
  ///
  /// @throws UnattestableException if it is gone, or this daemon may not read them
  public static ProcessFacts read(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return read(process);
    }
  }

  static ProcessFacts read(ProcDirectory process) throws UnattestableException {
    try {
      ProcStatus status = ProcStatus.read(process);
      var confinement =
          new Confinement(
              status.noNewPrivileges(),
              !Namespaces.sameAsOwn(process, Namespaces.Kind.PID),
              Cgroup.read(process),
              status.tracer());
      return new ProcessFacts(
          process.pid(),
          status.uids().get(1),
          status.gids().get(1),
          status.supplementaryGids(),
          process.link("exe"),
          Namespaces.sameAsOwn(process, Namespaces.Kind.MNT),
          confinement);
    } catch (IOException e) {
      throw ProcDirectory.refusal(process.pid(), e);
    }
  }
}

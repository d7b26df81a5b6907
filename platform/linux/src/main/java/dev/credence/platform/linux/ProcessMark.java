package dev.credence.platform.linux;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.util.Locale;

/// Tells one process, running one program, from all others: a later process with the same pid has
/// another mark, and so has the same process after an exec. Equal marks mean the same one.
///
/// A process with privilege over itself can forge the last three values (prctl(2), PR_SET_MM), so a
/// mark never stands alone: see [PinnedProcess].
///
/// @param bootId /proc/sys/kernel/random/boot_id
/// @param pidNamespace inode of the pid namespace in which `pid` counts: this daemon's
/// @param pid as this daemon sees it
/// @param startTime clock ticks between boot and fork
/// @param executableDevice device of the running program's file, as in `st_dev`
/// @param executableInode its inode
/// @param startCode where the program's code begins; with the next two, where the kernel put it
/// @param startStack where its stack began
/// @param argStart where its arguments are
public record ProcessMark(
    String bootId,
    long pidNamespace,
    int pid,
    long startTime,
    long executableDevice,
    long executableInode,
    long startCode,
    long startStack,
    long argStart) {

  /// Reads the mark that the process with this pid has now.
  ///
  /// @throws UnattestableException if it is gone, if this daemon may not read it, or if the kernel
  ///   does not randomize its memory, so that the mark would tell nothing
  public static ProcessMark read(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return read(process);
    }
  }

  /// What stands for the process where only a connection is known: no process has pid 0.
  ///
  /// @param acceptedAtBootNanos when it was accepted, on [BootClock]
  /// @param socket inode of the caller's socket
  /// @throws IOException if this daemon's own place cannot be read
  public static ProcessMark ofConnection(long acceptedAtBootNanos, long socket) throws IOException {
    return new ProcessMark(
        Kernel.bootId(), Kernel.pidNamespace(), 0, acceptedAtBootNanos, 0, socket, 0, 0, 0);
  }

  static ProcessMark read(ProcDirectory process) throws UnattestableException {
    try {
      return look(process, Kernel.bootId(), Kernel.pidNamespace());
    } catch (IOException e) {
      throw ProcDirectory.refusal(process.pid(), e);
    }
  }

  /// Reads the mark that a process has now of which an earlier one is known. The boot id and this
  /// daemon's own pid namespace are taken from there: they cannot change while it lives.
  static ProcessMark readAgain(ProcDirectory process, ProcessMark earlier)
      throws UnattestableException {
    return look(process, earlier.bootId, earlier.pidNamespace);
  }

  private static ProcessMark look(ProcDirectory process, String bootId, long pidNamespace)
      throws UnattestableException {
    try {
      ProcStat stat = ProcStat.read(process);
      if (stat.isEnding()) {
        throw new UnattestableException(
            Reason.EXITED, String.format(Locale.ROOT, "process %d has ended", process.pid()));
      }
      MemoryLayoutCheck.require(process, stat.layout());
      FileVersion executable = process.target("exe").version();
      return new ProcessMark(
          bootId,
          pidNamespace,
          process.pid(),
          stat.startTime(),
          executable.device(),
          executable.inode(),
          stat.layout().startCode(),
          stat.layout().startStack(),
          stat.layout().argStart());
    } catch (IOException e) {
      throw ProcDirectory.refusal(process.pid(), e);
    }
  }

  /// Marks are the keys under which processes are found at each call. Those that a machine has at
  /// one time differ here, and the record's own code for all nine values took 4 % of a call.
  @Override
  public int hashCode() {
    return 31 * pid + Long.hashCode(startTime ^ startStack);
  }
}

package dev.credence.platform.linux;

import java.io.IOException;

/// What the kernel lets a process do, as /proc/PID/status says (proc_pid_status(5)).
///
/// @param noNewPrivileges its programs never gain privileges by exec
/// @param seccomp whether its system calls are filtered; what the filter lets through is not known
/// @param capabilities those that it may use whenever it likes (the permitted set), as bits; it
///   need not use them now
public record Restrictions(boolean noNewPrivileges, Seccomp seccomp, long capabilities) {
  private static final int CHOWN = 0;
  private static final int DAC_OVERRIDE = 1;
  private static final int FOWNER = 3;

  /// Modes of seccomp(2).
  public enum Seccomp {
    /// Every system call.
    NONE,
    /// Only reading, writing and ending.
    STRICT,
    /// What a filter lets through.
    FILTER
  }

  /// Reads what holds for the process that has this pid now.
  ///
  /// @throws UnattestableException if it is gone, or this daemon may not read it
  public static Restrictions read(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      ProcStatus status = ProcStatus.read(process);
      return new Restrictions(
          status.noNewPrivileges(), status.seccomp(), status.permittedCapabilities());
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// True if it may change files, or their rights, whatever these are: then who may write to a file
  /// is of no importance.
  public boolean overridesFileRights() {
    return has(CHOWN) || has(DAC_OVERRIDE) || has(FOWNER);
  }

  private boolean has(int capability) {
    return (capabilities & (1L << capability)) != 0;
  }
}

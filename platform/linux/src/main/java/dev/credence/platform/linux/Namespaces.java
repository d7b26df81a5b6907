package dev.credence.platform.linux;

import java.io.IOException;
import java.util.Locale;
import java.util.OptionalLong;

/// Compares the namespaces (namespaces(7)) of processes with this daemon's own.
public final class Namespaces {
  private Namespaces() {}

  /// The kinds that matter for what a process can make us see.
  public enum Kind {
    /// Process ids.
    PID,
    /// Mounts: what a path means.
    MNT,
    /// User ids and privileges.
    USER,
    /// Network interfaces, addresses and ports.
    NET;

    String file() {
      return "ns/" + name().toLowerCase(Locale.ROOT);
    }
  }

  /// True if the process with this pid is in this daemon's own namespace of that kind.
  ///
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static boolean sameAsOwn(int pid, Kind kind) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return sameAsOwn(process, kind);
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// True if both processes are in the same namespace of that kind; a process that is gone is in
  /// the same one as any other.
  ///
  /// @throws UnattestableException if this daemon may not look
  public static boolean same(int pid, int other, Kind kind) throws UnattestableException {
    try (ProcDirectory one = ProcDirectory.open(pid);
        ProcDirectory two = ProcDirectory.open(other)) {
      return one.target(kind.file()).sameFile(two.target(kind.file()));
    } catch (SystemCallException e) {
      if (e.processGone()) {
        return true;
      }
      throw ProcDirectory.refusal(other, e);
    } catch (IOException e) {
      throw ProcDirectory.refusal(other, e);
    }
  }

  /// The inode of the process's namespace of that kind, as in /proc/PID/ns; empty if it is this
  /// daemon's own.
  ///
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static OptionalLong foreign(int pid, Kind kind) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      FileStat its = process.target(kind.file());
      return its.sameFile(Kernel.namespace(kind))
          ? OptionalLong.empty()
          : OptionalLong.of(its.version().inode());
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  static boolean sameAsOwn(ProcDirectory process, Kind kind) throws IOException {
    return process.target(kind.file()).sameFile(Kernel.namespace(kind));
  }
}

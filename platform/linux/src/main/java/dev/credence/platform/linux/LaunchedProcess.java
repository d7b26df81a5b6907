package dev.credence.platform.linux;

import java.io.IOException;
import java.util.List;

/// What the node asks about a process that it has started itself: where it is, and whether it runs
/// the program that was meant. By pid: the caller holds the process.
public final class LaunchedProcess {
  private LaunchedProcess() {}

  /// Inode of its mount namespace.
  public static long mountNamespace(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return process.target("ns/mnt").version().inode();
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// Inode of its user namespace.
  public static long userNamespace(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return process.target("ns/user").version().inode();
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// What it sees at a path of its own view.
  ///
  /// @param path absolute
  public static FileStat seen(int pid, String path) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return process.target("root" + path);
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// The folder that it works in.
  public static FileStat workingFolder(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return process.target("cwd");
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// Its control group.
  public static String group(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return Cgroup.read(process);
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// True once it runs this program as this user, without a way to gain privileges: what stands
  /// before it in the chain (the shell that enters the group, setpriv, env) has not all of these.
  ///
  /// @param program the file that it is to execute
  public static boolean runs(int pid, FileStat program, int uid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      ProcStatus status = ProcStatus.read(process);
      return process.target("exe").sameFile(program)
          && status.noNewPrivileges()
          && status.uids().stream().allMatch(id -> id == uid);
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// Its arguments, as it has them in its memory.
  ///
  /// @param limit most bytes
  public static byte[] arguments(int pid, int limit) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return process.read("cmdline", limit);
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// Effective, permitted, inheritable, bounding and ambient capabilities are all empty.
  public static boolean hasNoCapabilities(int pid) throws UnattestableException {
    return areEmpty(pid, List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"));
  }

  /// As [#hasNoCapabilities(int)], but for the bounding set, which only root may empty; it means
  /// nothing to a process that can gain no privileges by exec.
  public static boolean hasCapabilitiesInBoundsOnly(int pid) throws UnattestableException {
    return areEmpty(pid, List.of("CapInh", "CapPrm", "CapEff", "CapAmb"));
  }

  private static boolean areEmpty(int pid, List<String> sets) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      ProcStatus status = ProcStatus.read(process);
      for (String set : sets) {
        if (Long.parseUnsignedLong(status.value(set), 16) != 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }
}

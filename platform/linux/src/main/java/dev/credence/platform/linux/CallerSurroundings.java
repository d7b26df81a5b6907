package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What holds a process that wants a program started, and what the program is to have of it. It
/// counts only if the process is still the same one afterwards: see [PinnedProcess].
///
/// @param confinement why a program that this daemon starts for it would be freer than one that it
///   starts itself; empty: it would not be
/// @param umask its file mode mask
/// @param nice its priority, -20 to 19
/// @param oomScore its oom_score_adj
public record CallerSurroundings(
    Optional<String> confinement, int umask, int nice, int oomScore, List<Limit> limits) {
  private static final List<String> NAMESPACES =
      List.of("user", "mnt", "pid", "pid_for_children", "net", "ipc", "uts", "cgroup", "time");
  private static final int RESOURCES = 16;
  private static final int SHORT_FILE = 256;

  public CallerSurroundings {
    limits = List.copyOf(limits);
  }

  /// A resource limit (getrlimit(2)), as the kernel has it; all ones: none.
  public record Limit(long soft, long hard) {}

  /// Reads them.
  ///
  /// @throws UnattestableException if it is gone, or this daemon may not look
  public static CallerSurroundings of(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid);
        ProcDirectory own = Kernel.own()) {
      ProcStatus status = ProcStatus.read(process);
      String stat = process.readText("stat", 4096);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return new CallerSurroundings(
          confinement(process, own),
          Integer.parseInt(status.value("Umask"), 8),
          Integer.parseInt(fields[16]),
          Integer.parseInt(process.readText("oom_score_adj", SHORT_FILE).strip()),
          limitsOf(pid));
    } catch (NumberFormatException e) {
      throw ProcDirectory.refusal(pid, new IOException("/proc/" + pid + " is malformed", e));
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  private static Optional<String> confinement(ProcDirectory caller, ProcDirectory own)
      throws IOException {
    for (String kind : NAMESPACES) {
      if (!sameNamespace(caller, own, "ns/" + kind)) {
        return Optional.of("it is in another " + kind + " namespace than the node");
      }
    }
    FileStat root = caller.target("root");
    FileStat ownRoot = own.target("root");
    if (!root.sameFile(ownRoot) || root.mountId() != ownRoot.mountId()) {
      return Optional.of("its root folder is not the node's");
    }
    ProcStatus status = ProcStatus.read(caller);
    ProcStatus ownStatus = ProcStatus.read(own);
    if (!status.value("Seccomp").equals("0")) {
      return Optional.of("it is under a seccomp filter");
    }
    if (status.noNewPrivileges()) {
      return Optional.of("it has no_new_privs set");
    }
    long bounds = Long.parseUnsignedLong(status.value("CapBnd"), 16);
    long ownBounds = Long.parseUnsignedLong(ownStatus.value("CapBnd"), 16);
    if ((bounds & ownBounds) != ownBounds) {
      return Optional.of("its capability bounding set is smaller than the node's");
    }
    String ours = label(own).orElse("");
    return label(caller)
        .filter(label -> !label.equals(ours))
        .filter(label -> !label.equals("unconfined") && !label.contains(":unconfined_t:"))
        .map(label -> "it is confined by a security module, as " + Quoted.of(label));
  }

  /// Kernels without a kind of namespace have one of it for all.
  private static boolean sameNamespace(ProcDirectory caller, ProcDirectory own, String name)
      throws IOException {
    FileStat ours;
    try {
      ours = own.target(name);
    } catch (SystemCallException e) {
      if (e.is(Errno.ENOENT)) {
        return true;
      }
      throw e;
    }
    return ours.sameFile(caller.target(name));
  }

  /// Empty without a security module that has labels.
  private static Optional<String> label(ProcDirectory process) throws IOException {
    try {
      byte[] text = process.read("attr/current", 4096);
      String label = new String(text, StandardCharsets.ISO_8859_1).replace("\0", "").strip();
      return label.isEmpty() ? Optional.empty() : Optional.of(label);
    } catch (SystemCallException e) {
      if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static List<Limit> limitsOf(int pid) throws IOException {
    var limits = new ArrayList<Limit>();
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment pair = calls.allocate(16, 8);
      for (int resource = 0; resource < RESOURCES; resource++) {
        long result = calls.prlimit(pid, resource, MemorySegment.NULL, pair);
        if (result < 0) {
          throw new SystemCallException("prlimit(" + pid + ", " + resource + ")", result);
        }
        limits.add(new Limit(pair.get(JAVA_LONG, 0), pair.get(JAVA_LONG, 8)));
      }
    }
    return limits;
  }

  /// Gives a child that is held its limits, priority and standing with the out-of-memory killer.
  ///
  /// @throws IOException if one of them cannot be set: it must not go on then
  public void applyTo(SpawnedProcess child) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment pair = calls.allocate(16, 8);
      for (int resource = 0; resource < RESOURCES; resource++) {
        pair.set(JAVA_LONG, 0, limits.get(resource).soft());
        pair.set(JAVA_LONG, 8, limits.get(resource).hard());
        require(
            calls.prlimit(child.pid(), resource, pair, MemorySegment.NULL),
            String.format(Locale.ROOT, "prlimit(%d, %d)", child.pid(), resource));
      }
      require(calls.setpriority(0, child.pid(), nice), "setpriority(" + child.pid() + ")");
    }
    java.nio.file.Files.writeString(
        java.nio.file.Path.of("/proc", Integer.toString(child.pid()), "oom_score_adj"),
        Integer.toString(oomScore));
  }

  private static void require(long result, String call) throws IOException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
  }
}

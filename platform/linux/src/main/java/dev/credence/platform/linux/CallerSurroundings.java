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
/// @param filtersSeen false: whether BPF programs of its control group hold it could not be found
///   out
/// @param umask its file mode mask
/// @param nice its priority, -20 to 19
/// @param oomScore its oom_score_adj
public record CallerSurroundings(
    Optional<String> confinement,
    boolean filtersSeen,
    int umask,
    int nice,
    int oomScore,
    List<Limit> limits) {
  private static final List<String> NAMESPACES =
      List.of("user", "mnt", "pid", "pid_for_children", "net", "ipc", "uts", "cgroup", "time");
  private static final int RESOURCES = 16;
  private static final int SHORT_FILE = 256;
  private static final int NAME_WIDTH = 25;
  private static final long NONE = -1;

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
      Optional<String> confinement = confinement(process, own);
      GroupHold group =
          confinement.isPresent() ? new GroupHold(confinement, false) : GroupHold.of(process, own);
      return new CallerSurroundings(
          group.confinement(),
          group.seen(),
          Integer.parseInt(status.value("Umask"), 8),
          priority(process),
          Integer.parseInt(process.readText("oom_score_adj", SHORT_FILE).strip()),
          limitsOf(process));
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

  /// From its file, not by prlimit(2), which needs CAP_SYS_RESOURCE for processes of others. The
  /// kernel writes them in the order of their numbers.
  private static List<Limit> limitsOf(ProcDirectory process) throws IOException {
    List<String> lines =
        KernelText.lines(process.readText("limits", 8192)).skip(1).limit(RESOURCES).toList();
    var limits = new ArrayList<Limit>();
    for (String line : lines) {
      String[] values = line.substring(Math.min(NAME_WIDTH, line.length())).strip().split(" +", -1);
      if (values.length < 2) {
        throw new IOException("/proc/PID/limits: " + Quoted.of(line) + " (expected: two values)");
      }
      limits.add(new Limit(limit(values[0]), limit(values[1])));
    }
    if (limits.size() != RESOURCES) {
      throw new IOException(
          "/proc/PID/limits has " + limits.size() + " (expected: " + RESOURCES + ")");
    }
    return limits;
  }

  private static long limit(String value) {
    return value.equals("unlimited") ? NONE : Long.parseUnsignedLong(value);
  }

  /// Gives a child that is held its limits, priority and standing with the out-of-memory killer.
  /// Where this daemon may not give it as much, the child keeps what this daemon has: less, never
  /// more than the caller has.
  ///
  /// @throws IOException if one of them cannot be set: it must not go on then
  public void applyTo(SpawnedProcess child) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame();
        ProcDirectory process = ProcDirectory.open(child.pid())) {
      List<Limit> its = limitsOf(process);
      for (int resource = 0; resource < RESOURCES; resource++) {
        if (!limits.get(resource).equals(its.get(resource))) {
          limit(calls, child.pid(), resource, its.get(resource));
        }
      }
      long result = calls.setpriority(0, child.pid(), nice);
      boolean asked = Errno.EPERM.is(result) || Errno.EACCES.is(result);
      if (!asked || nice > priority(process)) {
        require(result, "setpriority(" + child.pid() + ")");
      }
      killable(child.pid(), process);
    }
  }

  private void limit(LaunchCalls calls, int pid, int resource, Limit its) throws IOException {
    Limit wanted = limits.get(resource);
    MemorySegment pair = calls.allocate(16, 8);
    long result = set(calls, pid, resource, pair, wanted);
    if (Errno.EPERM.is(result)) {
      long hard = least(wanted.hard(), its.hard());
      result = set(calls, pid, resource, pair, new Limit(least(wanted.soft(), hard), hard));
    }
    require(result, String.format(Locale.ROOT, "prlimit(%d, %d)", pid, resource));
  }

  private static long set(
      LaunchCalls calls, int pid, int resource, MemorySegment pair, Limit limit) {
    pair.set(JAVA_LONG, 0, limit.soft());
    pair.set(JAVA_LONG, 8, limit.hard());
    return calls.prlimit(pid, resource, pair, MemorySegment.NULL);
  }

  private static long least(long one, long other) {
    return Long.compareUnsigned(one, other) <= 0 ? one : other;
  }

  private static int priority(ProcDirectory process) throws IOException {
    String stat = process.readText("stat", 4096);
    return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
  }

  private void killable(int pid, ProcDirectory process) throws IOException {
    int its = Integer.parseInt(process.readText("oom_score_adj", SHORT_FILE).strip());
    if (its == oomScore) {
      return;
    }
    try {
      java.nio.file.Files.writeString(
          java.nio.file.Path.of("/proc", Integer.toString(pid), "oom_score_adj"),
          Integer.toString(oomScore));
    } catch (IOException e) {
      if (oomScore > its) {
        throw e;
      }
    }
  }

  private static void require(long result, String call) throws IOException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
  }
}

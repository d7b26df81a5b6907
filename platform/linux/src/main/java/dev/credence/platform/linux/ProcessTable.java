package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The processes of this machine, as far as this daemon's pid namespace shows them.
public final class ProcessTable {
  private static final int STATUS_SIZE = 4096;
  private static final int O_CLOEXEC = 0x80000;

  private ProcessTable() {}

  /// One process at one moment.
  ///
  /// @param pid in this daemon's pid namespace
  /// @param parent pid of its parent
  /// @param executable the file of its program; empty if this daemon may not see it, or the first
  ///   thread has ended while others run
  public record Row(int pid, int parent, Optional<FileStat> executable) {}

  /// Those that have this user id, real, effective or saved. Ended ones and kernel threads are left
  /// out.
  ///
  /// @param uid unsigned
  /// @param most processes that are looked at, of any user
  /// @return empty if there are more, or one could not be looked at: then nothing is known
  public static Optional<List<Row>> ofUser(int uid, int most) {
    Optional<List<Integer>> pids = pids(most);
    if (pids.isEmpty()) {
      return Optional.empty();
    }
    List<Row> rows = new ArrayList<>();
    try (Libc libc = Libc.frame()) {
      MemorySegment buffer = libc.allocate(STATUS_SIZE, 8);
      for (int pid : pids.get()) {
        if (hasUser(libc, buffer, pid, uid)) {
          row(pid, uid).ifPresent(rows::add);
        }
      }
    } catch (IOException e) {
      // To leave out what could not be seen (no descriptors left, say) would make users look alone.
      return Optional.empty();
    }
    return Optional.of(List.copyOf(rows));
  }

  /// A quick look at /proc/PID/status, since this is asked about every process of the machine. What
  /// has no owner line in the first read gets the closer look.
  private static boolean hasUser(Libc libc, MemorySegment buffer, int pid, int uid)
      throws IOException {
    String path = "/proc/" + pid + "/status";
    long length = libc.openat(Libc.NO_DIRECTORY, path, O_CLOEXEC);
    if (length >= 0) {
      int fd = (int) length;
      length = libc.read(fd, buffer);
      var _ = libc.close(fd);
    }
    if (length < 0) {
      var failure = new SystemCallException(path, length);
      if (failure.processGone()) {
        return false;
      }
      throw failure;
    }
    byte[] text = buffer.asSlice(0, length).toArray(JAVA_BYTE);
    String status = new String(text, StandardCharsets.ISO_8859_1);
    int line = status.indexOf("\nUid:\t");
    int end = status.indexOf('\n', line + 1);
    String ids = line < 0 || end < 0 ? "" : status.substring(line + 6, end);
    return ids.isEmpty() || List.of(ids.split("\t", 5)).contains(Integer.toUnsignedString(uid));
  }

  /// All of them.
  ///
  /// @param most processes that are accepted
  /// @return empty if there are more, or /proc does not list any
  public static Optional<List<Integer>> pids(int most) {
    String[] names = new File("/proc").list();
    if (names == null) {
      return Optional.empty();
    }
    List<Integer> pids = new ArrayList<>();
    for (String name : names) {
      if (!name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
        pids.add(Integer.parseInt(name));
      }
    }
    return pids.isEmpty() || pids.size() > most ? Optional.empty() : Optional.of(pids);
  }

  /// The control group of a process; empty if it is gone.
  ///
  /// @throws UnattestableException if it is not, but cannot be looked at
  public static Optional<String> cgroup(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      return Optional.of(Cgroup.read(process));
    } catch (IOException e) {
      if (e instanceof SystemCallException call && call.processGone()) {
        return Optional.empty();
      }
      throw ProcDirectory.refusal(pid, e);
    }
  }

  private static Optional<Row> row(int pid, int uid) throws IOException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      if (!ProcStatus.read(process).uids().contains(uid)) {
        return Optional.empty();
      }
      ProcStat stat = ProcStat.read(process);
      return stat.isDead() || stat.isKernelThread()
          ? Optional.empty()
          : Optional.of(new Row(pid, stat.parent(), executable(process)));
    } catch (SystemCallException e) {
      if (e.processGone()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<FileStat> executable(ProcDirectory process) {
    try {
      return Optional.of(process.target("exe"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

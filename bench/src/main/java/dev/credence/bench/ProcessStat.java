package dev.credence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What the kernel counts of a process.
///
/// @param pid the process
record ProcessStat(long pid) {

  // USER_HZ, the unit of /proc/PID/stat: 100 on every Linux that runs a JDK.
  private static final long NANOS_PER_TICK = 10_000_000L;

  /// This process.
  static ProcessStat self() {
    return new ProcessStat(ProcessHandle.current().pid());
  }

  /// Resident memory in KiB (VmRSS).
  long residentKib() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("/proc/" + pid + "/status has no VmRSS");
  }

  /// Resident memory for people: "87 MB".
  String resident() throws IOException {
    return String.format(Locale.ROOT, "%.0f MB", residentKib() / 1024.0);
  }

  /// CPU time so far of the JVM's compilers, in nanoseconds. A compiler's thread that ended since
  /// takes its time with it.
  long compilerNanos() throws IOException {
    long all = 0;
    try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (var thread : threads) {
        all += compilerNanos(thread);
      }
    }
    return all;
  }

  private static long compilerNanos(Path thread) throws IOException {
    try {
      var name = Files.readString(thread.resolve("comm"));
      if (!name.startsWith("C1 ") && !name.startsWith("C2 ")) {
        return 0;
      }
      return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
    } catch (IOException e) {
      if (Files.exists(thread)) {
        throw e;
      }
      // It has just ended.
      return 0;
    }
  }

  /// CPU time so far, user and system, in nanoseconds.
  long cpuNanos() throws IOException {
    var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * NANOS_PER_TICK;
  }
}

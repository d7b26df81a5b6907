package dev.credence.platform.linux;

import java.io.IOException;

/// The parsers of /proc's files, for tests that fire at them.
public final class ProcParsers {
  private ProcParsers() {}

  /// /proc/PID/stat
  public static void stat(byte[] line) throws IOException {
    var stat = ProcStat.parse(line);
    if (stat.isDead() && stat.isKernelThread() && stat.hashCode() == 1) {
      throw new AssertionError(stat);
    }
  }

  /// /proc/PID/status, and everything that is read of it.
  public static void status(String text) throws IOException {
    var status = ProcStatus.parse(text);
    int all =
        status.uids().size()
            + status.gids().size()
            + status.supplementaryGids().size()
            + status.tracer()
            + status.seccomp().name().length()
            + Long.bitCount(status.permittedCapabilities());
    if (status.noNewPrivileges() && all < 0 && status.uids().isEmpty()) {
      throw new AssertionError(status);
    }
  }

  /// /proc/self/mountinfo
  public static int mounts(String text) throws IOException {
    return MountTable.parse(text).size();
  }

  /// /proc/PID/cgroup
  public static String cgroup(String text) {
    return Cgroup.parse(text);
  }

  /// /proc/PID/maps
  public static int maps(String text) throws IOException {
    return MemoryMap.parse(text).stream().mapToInt(map -> map.name().length()).sum();
  }

  /// /proc/PID/cmdline
  public static int commandLine(byte[] bytes) throws IOException {
    return CommandLine.parse(bytes).size();
  }

  /// /proc/PID/attr/current
  public static boolean securityLabel(byte[] bytes) throws IOException {
    return SecurityLabel.parse(bytes).isPresent();
  }

  /// A datagram of the process connector.
  public static boolean processEvent(byte[] bytes) {
    return ProcessEvent.parse(bytes, bytes.length).isPresent();
  }
}

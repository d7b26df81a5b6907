package dev.credence.platform.linux;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a daemon does about itself.
public final class OwnProcess {
  private static final Pattern OPEN_FILES =
      Pattern.compile("^Max open files +([0-9]{1,18}|unlimited) ", Pattern.MULTILINE);
  private static final int PR_GET_DUMPABLE = 3;
  private static final int PR_SET_DUMPABLE = 4;

  private OwnProcess() {}

  /// Keeps other processes of the same user out of this one's memory and descriptors, where keys
  /// are: no ptrace, no /proc/PID/mem, maps or fd, no pidfd_getfd, no core dumps (prctl(2),
  /// `PR_SET_DUMPABLE` 0). Root is not kept out, nor is the JVM's own attach mechanism, which has
  /// its own switch (`-XX:+DisableAttachMechanism`). Call it first thing in a daemon's main.
  ///
  /// @throws IOException if the kernel refuses
  public static void hideFromSameUser() throws IOException {
    setDumpable(0);
  }

  /// How many descriptors this process may have open at once (RLIMIT_NOFILE; the JVM raises it as
  /// far as it may).
  ///
  /// @throws IOException if /proc does not say
  public static long mostDescriptors() throws IOException {
    try (ProcDirectory own = Kernel.own()) {
      return mostDescriptors(own.readText("limits", 4096));
    }
  }

  /// The effective user id that this process runs as, unsigned.
  ///
  /// @throws IOException if /proc does not say
  public static int uid() throws IOException {
    try (ProcDirectory own = Kernel.own()) {
      return ProcStatus.read(own).uids().get(1);
    }
  }

  /// The line `Max open files SOFT HARD files`.
  static long mostDescriptors(String limits) throws IOException {
    Matcher line = OPEN_FILES.matcher(limits);
    if (!line.find()) {
      throw new IOException("/proc/self/limits has no line \"Max open files\"");
    }
    String soft = line.group(1);
    return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
  }

  /// True if other processes of the same user may look into this one.
  static boolean isOpenToSameUser() {
    try (Libc libc = Libc.frame()) {
      return libc.prctl(PR_GET_DUMPABLE, 0) == 1;
    }
  }

  static void setDumpable(int value) throws IOException {
    try (Libc libc = Libc.frame()) {
      long result = libc.prctl(PR_SET_DUMPABLE, value);
      if (result < 0) {
        throw new SystemCallException("prctl(PR_SET_DUMPABLE)", result);
      }
    }
  }
}

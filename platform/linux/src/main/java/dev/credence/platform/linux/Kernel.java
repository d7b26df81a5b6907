package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the kernel says about itself and about this daemon, read from /proc.
final class Kernel {
  private static final int SC_CLK_TCK = 2;
  private static final Pattern BOOT_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  // What cannot change while this daemon lives is read once: it is asked for at each look at a
  // process, and each of these files costs a walk through /proc.
  private static final AtomicReference<@Nullable String> THIS_BOOT = new AtomicReference<>();
  private static final Map<Namespaces.Kind, FileStat> NAMESPACES = new ConcurrentHashMap<>();

  private Kernel() {}

  /// Random, new at each boot.
  static String bootId() throws IOException {
    String known = THIS_BOOT.get();
    if (known == null) {
      known = readBootId();
      THIS_BOOT.set(known);
    }
    return known;
  }

  private static String readBootId() throws IOException {
    String id = setting("random/boot_id");
    if (!BOOT_ID.matcher(id).matches()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "/proc/sys/kernel/random/boot_id is %s (expected: a UUID)",
              Quoted.of(id)));
    }
    return id;
  }

  /// True if stack, heap and mappings of new programs are put to random places.
  static boolean randomizesFully() throws IOException {
    return setting("randomize_va_space").equals("2");
  }

  /// True if a process that changed its ids is closed to others of its user (fs.suid_dumpable is
  /// not 1, which is meant for debugging).
  static boolean suidProgramsAreHidden() throws IOException {
    return !content("/proc/sys/fs/suid_dumpable").equals("1");
  }

  /// Inode of the pid namespace in which this daemon, and its /proc, count.
  static long pidNamespace() throws IOException {
    return namespace(Namespaces.Kind.PID).version().inode();
  }

  /// This daemon's own namespace of that kind: that of its first thread, which never changes it.
  static FileStat namespace(Namespaces.Kind kind) throws IOException {
    FileStat known = NAMESPACES.get(kind);
    if (known == null) {
      try (ProcDirectory own = own()) {
        known = own.target(kind.file());
      }
      NAMESPACES.put(kind, known);
    }
    return known;
  }

  /// This daemon's own folder in /proc. Fails if /proc counts in another pid namespace.
  static ProcDirectory own() throws IOException {
    int pid;
    try (Libc libc = Libc.frame()) {
      pid = libc.getpid();
    }
    FileStat seen = FileStat.following(Libc.NO_DIRECTORY, "/proc/self");
    FileStat counted = FileStat.following(Libc.NO_DIRECTORY, "/proc/" + pid);
    if (!seen.sameFile(counted)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "/proc belongs to another pid namespace than this process, %d (expected: its own)",
              pid));
    }
    return ProcDirectory.open(pid);
  }

  /// Ticks per second in which /proc counts start times.
  static long ticksPerSecond() {
    try (Libc libc = Libc.frame()) {
      return libc.sysconf(SC_CLK_TCK);
    }
  }

  private static String setting(String name) throws IOException {
    return content("/proc/sys/kernel/" + name);
  }

  private static String content(String path) throws IOException {
    try (Libc libc = Libc.frame()) {
      byte[] bytes = ProcDirectory.readFile(libc, Libc.NO_DIRECTORY, path, path, 256);
      return new String(bytes, StandardCharsets.ISO_8859_1).strip();
    }
  }
}

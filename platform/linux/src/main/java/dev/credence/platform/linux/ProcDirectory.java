package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// The folder /proc/PID of one process, held open: reading through it never shows a later process
/// with the same pid. It is the kernel's own procfs, or opening it fails. Thread-safe.
final class ProcDirectory implements AutoCloseable {
  private static final long PROC_SUPER_MAGIC = 0x9fa0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_PATH = 0x200000;
  private static final int O_NOCTTY = 0x100;
  private static final int LONGEST_LINK = 4096;

  private final int pid;
  private final Descriptor descriptor;

  private ProcDirectory(int pid, Descriptor descriptor) {
    this.pid = pid;
    this.descriptor = descriptor;
  }

  static ProcDirectory open(int pid) throws IOException {
    String path = "/proc/" + pid;
    int flags =
        O_PATH
            | O_CLOEXEC
            | Architecture.current().directoryFlag()
            | Architecture.current().noFollowFlag();
    try (Libc libc = Libc.frame()) {
      Descriptor opened = Descriptor.of(libc.openat(Libc.NO_DIRECTORY, path, flags), path);
      try {
        requireProcfs(libc, opened, path);
        return new ProcDirectory(pid, opened);
      } catch (IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
    }
  }

  /// As [#open(int)], with the answer that a caller is refused with.
  static ProcDirectory ofProcess(int pid) throws UnattestableException {
    try {
      return open(pid);
    } catch (IOException e) {
      throw refusal(pid, e);
    }
  }

  private static void requireProcfs(Libc libc, Descriptor folder, String path) throws IOException {
    MemorySegment answer = libc.allocate(120, 8);
    long result = folder.use(fd -> libc.fstatfs(fd, answer));
    if (result < 0) {
      throw new SystemCallException("fstatfs(" + path + ")", result);
    }
    long magic = answer.get(JAVA_LONG, 0);
    if (magic != PROC_SUPER_MAGIC) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s is on a file system of type 0x%x (expected: procfs, 0x9fa0)",
              path,
              magic));
    }
  }

  int pid() {
    return pid;
  }

  /// Another handle on the same folder, with its own life.
  ProcDirectory duplicate() throws IOException {
    return new ProcDirectory(pid, descriptor.duplicate());
  }

  /// Reads a file of this folder.
  ///
  /// @param limit most bytes that are accepted
  /// @throws IOException if there is more, or the process is gone
  byte[] read(String name, int limit) throws IOException {
    String path = "/proc/" + pid + "/" + name;
    return descriptor.use(folder -> {
      try (Libc libc = Libc.frame()) {
        return readFile(libc, folder, name, path, limit);
      }
    });
  }

  /// Opens, reads and closes within one frame: a look at a process reads several files, and a frame
  /// costs more than a call.
  ///
  /// @param what the path, for messages
  static byte[] readFile(Libc libc, int folder, String name, String what, int limit)
      throws IOException {
    int flags = O_CLOEXEC | O_NOCTTY | Architecture.current().noFollowFlag();
    long opened = libc.openat(folder, name, flags);
    if (opened < 0) {
      throw new SystemCallException(what, opened);
    }
    int file = (int) opened;
    try {
      return readAll(libc, file, what, limit);
    } finally {
      var _ = libc.close(file);
    }
  }

  String readText(String name, int limit) throws IOException {
    return new String(read(name, limit), StandardCharsets.ISO_8859_1);
  }

  /// Opens a file of this folder for reading.
  Descriptor openFile(String name) throws IOException {
    int flags = O_CLOEXEC | O_NOCTTY | Architecture.current().noFollowFlag();
    return openAt(name, flags);
  }

  /// Opens what a link of this folder stands for as a mere place: neither a device nor a file
  /// system takes notice.
  Descriptor openPlace(String name) throws IOException {
    return openAt(name, O_PATH | O_CLOEXEC);
  }

  /// Opens a namespace of the process (`user`, `mnt`), which lives as long as that.
  Descriptor openNamespace(String kind) throws IOException {
    return openAt("ns/" + kind, O_CLOEXEC);
  }

  private Descriptor openAt(String name, int flags) throws IOException {
    return descriptor.use(fd -> {
      try (Libc libc = Libc.frame()) {
        return Descriptor.of(libc.openat(fd, name, flags), "/proc/" + pid + "/" + name);
      }
    });
  }

  static byte[] readAll(Libc libc, int fd, String what, int limit) throws IOException {
    MemorySegment buffer = libc.allocate(Math.min(limit + 1L, 4096), 8);
    // Nearly always one piece is all, and is not copied once more.
    byte[] all = {};
    int size = 0;
    while (true) {
      long count = libc.read(fd, buffer);
      if (count < 0) {
        throw new SystemCallException("read(" + what + ")", count);
      }
      if (count == 0) {
        return all.length == size ? all : Arrays.copyOf(all, size);
      }
      if (size + count > limit) {
        throw new TooLongException(what, limit);
      }
      int needed = size + (int) count;
      if (needed > all.length) {
        all = Arrays.copyOf(all, Math.max(needed, 2 * size));
      }
      MemorySegment.copy(buffer, JAVA_BYTE, 0, all, size, (int) count);
      size = needed;
    }
  }

  /// The text of a link, as the kernel shows it; bytes that are not UTF-8 are replaced.
  String link(String name) throws IOException {
    return descriptor.use(fd -> {
      try (Libc libc = Libc.frame()) {
        MemorySegment buffer = libc.allocate(LONGEST_LINK + 1L, 1);
        long length = libc.readlinkat(fd, name, buffer);
        if (length < 0) {
          throw new SystemCallException("readlink(/proc/" + pid + "/" + name + ")", length);
        }
        if (length > LONGEST_LINK) {
          throw new IOException("/proc/" + pid + "/" + name + " is longer than a path can be");
        }
        byte[] bytes = buffer.asSlice(0, length).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
      }
    });
  }

  /// Of the file that a link of this folder stands for.
  FileStat target(String name) throws IOException {
    return descriptor.use(fd -> FileStat.following(fd, name));
  }

  /// The refusal that a failed look at a process means.
  static UnattestableException refusal(int pid, IOException cause) {
    if (cause instanceof SystemCallException call && call.processGone()) {
      return new UnattestableException(
          Reason.EXITED, "process " + pid + " has ended (" + cause.getMessage() + ")", cause);
    }
    if (cause instanceof SystemCallException call && call.lacksResources()) {
      return UnattestableException.notNow(
          "process " + pid + " cannot be examined now: " + cause.getMessage(), cause);
    }
    return new UnattestableException(
        Reason.UNREADABLE,
        String.format(
            Locale.ROOT,
            "process %d cannot be examined: %s (expected: a process that this daemon may trace, see ptrace(2))",
            pid,
            cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    descriptor.close();
  }
}

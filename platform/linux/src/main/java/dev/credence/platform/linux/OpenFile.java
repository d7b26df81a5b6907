package dev.credence.platform.linux;

import java.io.IOException;
import java.util.Locale;

/// An open file of any kind (folder, pipe, terminal, socket) that was received from another process
/// or is to be handed to one. Only its number travels: nothing of it is opened again. Thread-safe.
public final class OpenFile implements AutoCloseable {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_PATH = 0x200000;
  private static final int LONGEST_LINK = 4096;
  private static final int RESOLVE_NO_MAGICLINKS = 2;
  private static final int RESOLVE_NO_SYMLINKS = 4;
  private static final int HOW_SIZE = 24;

  private final Descriptor descriptor;

  OpenFile(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /// One of this process's own standard descriptors (0, 1, 2), as a copy.
  public static OpenFile standard(int number) throws IOException {
    try (Libc libc = Libc.frame()) {
      return new OpenFile(
          Descriptor.of(libc.fcntl(number, 1030, 3), "standard descriptor " + number));
    }
  }

  /// /dev/null, for reading and writing.
  public static OpenFile nothing() throws IOException {
    try (Libc libc = Libc.frame()) {
      return new OpenFile(
          Descriptor.of(
              libc.openat(Libc.NO_DIRECTORY, "/dev/null", O_RDWR | O_CLOEXEC), "/dev/null"));
    }
  }

  /// A folder as a mere place, with this process's own rights; links are followed.
  public static OpenFile folder(String path) throws IOException {
    int flags = O_PATH | O_CLOEXEC | Architecture.current().directoryFlag();
    try (Libc libc = Libc.frame()) {
      return new OpenFile(Descriptor.of(libc.openat(Libc.NO_DIRECTORY, path, flags), path));
    }
  }

  /// A file or folder as a mere place, by a path in which no link may be.
  ///
  /// @throws IOException if there is none, or a part of the path is a link
  public static OpenFile withoutLinks(String path) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      var how = calls.allocate(HOW_SIZE, 8);
      how.set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, O_PATH | O_CLOEXEC);
      how.set(
          java.lang.foreign.ValueLayout.JAVA_LONG, 16, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
      return new OpenFile(Descriptor.of(calls.openat2(Libc.NO_DIRECTORY, path, how), path));
    }
  }

  /// What the kernel says about it.
  public FileStat stat() throws IOException {
    return descriptor.use(FileStat::ofDescriptor);
  }

  /// True for a folder.
  public boolean isFolder() throws IOException {
    return (stat().mode() & 0xf000) == 0x4000;
  }

  /// Its path as the kernel shows it to this thread: canonical, without links.
  ///
  /// @throws IOException if it has none: deleted, or not reachable from this thread's root
  public String path() throws IOException {
    String path =
        descriptor.use(fd -> {
          try (Libc libc = Libc.frame()) {
            var buffer = libc.allocate(LONGEST_LINK + 1L, 1);
            long length = libc.readlinkat(Libc.NO_DIRECTORY, "/proc/self/fd/" + fd, buffer);
            if (length < 0 || length > LONGEST_LINK) {
              throw new SystemCallException(
                  "readlink(/proc/self/fd/" + fd + ")", Math.min(length, -1));
            }
            byte[] bytes =
                buffer.asSlice(0, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
          }
        });
    if (!path.startsWith("/") || path.endsWith(" (deleted)") || path.indexOf('\ufffd') >= 0) {
      throw new IOException(
          String.format(Locale.ROOT, "%s (expected: a folder that has a path)", Quoted.of(path)));
    }
    return path;
  }

  /// True if both are the same file or folder.
  public boolean isSame(OpenFile other) throws IOException {
    return stat().sameFile(other.stat());
  }

  /// The file descriptor, valid until [#close()].
  public int fd() {
    return descriptor.number();
  }

  Descriptor descriptor() {
    return descriptor;
  }

  /// Idempotent.
  @Override
  public void close() {
    descriptor.close();
  }
}

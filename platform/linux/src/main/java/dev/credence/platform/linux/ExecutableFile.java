package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// The file of the program that a process runs, held by descriptor: never looked up by a path,
/// which whoever owns a folder or a mount namespace can make mean another file. Merely holding it
/// asks nothing of the file system, so a hostile one cannot make us wait. Thread-safe.
public final class ExecutableFile implements AutoCloseable {
  private static final String DELETED = " (deleted)";
  private static final int LONGEST_PATH = 4096;
  private static final int O_NONBLOCK_CLOEXEC_NOCTTY = 0x800 | 0x80000 | 0x100;

  private final Descriptor place;

  private ExecutableFile(Descriptor place) {
    this.place = place;
  }

  /// Takes hold of the program of the process that has this pid now.
  ///
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static ExecutableFile of(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      return new ExecutableFile(process.openPlace("exe"));
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// The program of a process whose folder is held.
  static ExecutableFile of(ProcDirectory process) throws IOException {
    return new ExecutableFile(process.openPlace("exe"));
  }

  /// A file that the process has mapped.
  static ExecutableFile mapped(ProcDirectory process, MemoryMap map) throws IOException {
    return new ExecutableFile(process.openPlace("map_files/" + map.name()));
  }

  /// Another handle on the same file, with its own life.
  public ExecutableFile duplicate() throws IOException {
    return new ExecutableFile(place.duplicate());
  }

  /// What the kernel holds about the file.
  public FileStat stat() throws IOException {
    return place.use(FileStat::ofDescriptor);
  }

  /// Its path as the kernel shows it, for people. See [#pathIn(MountTable)] for when it means
  /// anything.
  public String shownPath() throws IOException {
    return place.use(fd -> {
      try (Libc libc = Libc.frame()) {
        MemorySegment buffer = libc.allocate(LONGEST_PATH + 1L, 1);
        String link = "/proc/self/fd/" + fd;
        long length = libc.readlinkat(Libc.NO_DIRECTORY, link, buffer);
        if (length < 0 || length > LONGEST_PATH) {
          throw new SystemCallException("readlink(" + link + ")", Math.min(length, -1));
        }
        return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
      }
    });
  }

  /// The path by which this daemon, too, reaches this very file; empty if there is none.
  ///
  /// That the process is in our mount namespace does not suffice: an ordinary user makes a mount
  /// namespace with a file of his own at any path, and starts that file from outside through
  /// /proc/PID/root. The kernel then shows the path that it has *there*. So the mount on which the
  /// file lies must be one of ours.
  ///
  /// @param mounts this daemon's
  public Optional<String> pathIn(MountTable mounts) throws IOException {
    String path = shownPath();
    boolean believable =
        path.startsWith("/")
            && !path.endsWith(DELETED)
            // Bytes that are not UTF-8 would make different files look the same.
            && path.indexOf('\ufffd') < 0
            && stat().links() > 0
            && mounts.fileSystem(stat().mountId()).isPresent();
    return believable ? Optional.of(path) : Optional.empty();
  }

  /// Opens it for reading. This may take as long as its file system likes.
  ///
  /// @throws IOException if it is not a regular file, or may not be read
  public FileContent open() throws IOException {
    FileStat stat = stat();
    if (!stat.isRegular()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s has mode 0%o (expected: a regular file)",
              Quoted.of(shownPath()),
              stat.mode()));
    }
    return place.use(fd -> {
      try (Libc libc = Libc.frame()) {
        String path = "/proc/self/fd/" + fd;
        return new FileContent(
            Descriptor.of(libc.openat(Libc.NO_DIRECTORY, path, O_NONBLOCK_CLOEXEC_NOCTTY), "open"));
      }
    });
  }

  /// Idempotent.
  @Override
  public void close() {
    place.close();
  }
}

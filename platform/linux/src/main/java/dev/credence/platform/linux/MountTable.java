package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The mounts of this daemon's own mount namespace (proc_pid_mountinfo(5)), read again when the
/// kernel says that they changed. Thread-safe.
public final class MountTable implements AutoCloseable {
  private static final int LONGEST = 16 << 20;
  // Of another process: whoever runs it makes the table as long as the kernel allows.
  private static final int LONGEST_FOREIGN = 1 << 20;
  private static final int O_CLOEXEC = 0x80000;
  private static final short POLLPRI = 2;
  private static final String OWN = "/proc/self/mountinfo";

  private final Descriptor changes;
  private Map<Long, String> fileSystems;

  private MountTable(Descriptor changes, Map<Long, String> fileSystems) {
    this.changes = changes;
    this.fileSystems = fileSystems;
  }

  /// Opens the table.
  public static MountTable own() throws IOException {
    Descriptor changes = openOwn();
    try {
      return new MountTable(changes, readOwn());
    } catch (IOException | RuntimeException e) {
      changes.close();
      throw e;
    }
  }

  /// Type of the file system behind a mount (`ext4`, `fuse.sshfs`); empty if the mount is not in
  /// this daemon's mount namespace.
  ///
  /// @param mountId as in [FileStat#mountId()]
  public synchronized Optional<String> fileSystem(long mountId) throws IOException {
    if (changed()) {
      fileSystems = readOwn();
    }
    return Optional.ofNullable(fileSystems.get(mountId));
  }

  /// The mounts of another process's mount namespace, as far as it can reach them: for each mount
  /// its file system's type. None if there are so many that they are not read.
  ///
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static Map<Long, String> seenBy(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      return parse(process.readText("mountinfo", LONGEST_FOREIGN));
    } catch (TooLongException e) {
      return Map.of();
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// The kernel reports each change once for each open file, so this asks before it reads: a change
  /// in between is reported the next time.
  private boolean changed() {
    return changes.use(fd -> {
      try (Libc libc = Libc.frame()) {
        return libc.poll(fd, POLLPRI, 0) != 0;
      }
    });
  }

  private static Descriptor openOwn() throws IOException {
    try (Libc libc = Libc.frame()) {
      return Descriptor.of(libc.openat(Libc.NO_DIRECTORY, OWN, O_CLOEXEC), OWN);
    }
  }

  private static Map<Long, String> readOwn() throws IOException {
    try (Descriptor file = openOwn();
        Libc libc = Libc.frame()) {
      byte[] text = file.use(fd -> ProcDirectory.readAll(libc, fd, OWN, LONGEST));
      return parse(new String(text, StandardCharsets.ISO_8859_1));
    }
  }

  /// `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAGS...] - TYPE SOURCE OPTIONS`; blanks in names
  /// are escaped, so ` - ` stands once only, and a line that is not like this is left out: its
  /// mount is then not known.
  static Map<Long, String> parse(String text) throws IOException {
    Map<Long, String> types = new HashMap<>();
    try {
      KernelText.lines(text)
          .forEach(line -> {
            int blank = line.indexOf(' ');
            int dash = line.indexOf(" - ");
            if (blank > 0 && dash > blank) {
              types.put(
                  Long.parseLong(line.substring(0, blank)),
                  line.substring(dash + 3).split(" ", 2)[0]);
            }
          });
    } catch (NumberFormatException e) {
      throw new IOException("mountinfo: no number (expected: a mount id)", e);
    }
    return Map.copyOf(types);
  }

  @Override
  public void close() {
    changes.close();
  }
}

package dev.credence.platform.linux;

import java.io.IOException;

/// A second sign of exec beside the [ProcessMark]: the memory map in /proc/PID, held open, belongs
/// to the memory of the program that ran when it was opened. Once that memory is gone, by exec or
/// exit, reading it gives end-of-file. It also works where addresses are not random. What defeats
/// it is a second process that keeps the same memory alive (CLONE_VM), so neither sign stands
/// alone. Thread-safe.
///
/// Reading /proc/PID/maps waits for the lock of that memory, which its owner can hold as long as it
/// likes (by mapping files of a FUSE file system of its own), and so would hold up the daemon. So
/// where it can, this asks /proc/PID/pagemap for one byte instead, which it never gives: it answers
/// end-of-file if the memory is gone, and otherwise refuses the length, before it takes any lock.
public final class MapsProbe implements AutoCloseable {
  private final Descriptor map;
  private final boolean pagemap;

  private MapsProbe(Descriptor map, boolean pagemap) {
    this.map = map;
    this.pagemap = pagemap;
  }

  /// Binds a probe to the memory of the program that the process runs now.
  ///
  /// @throws UnattestableException if the process is gone, or this daemon may not look into it
  public static MapsProbe open(int pid) throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      return open(process);
    }
  }

  static MapsProbe open(ProcDirectory process) throws UnattestableException {
    try {
      return new MapsProbe(process.openFile("pagemap"), true);
    } catch (IOException e) {
      // Not built into this kernel, or for the same user only: the right to trace is then not
      // enough.
      return openMaps(process);
    }
  }

  static MapsProbe openMaps(ProcDirectory process) throws UnattestableException {
    try {
      return new MapsProbe(process.openFile("maps"), false);
    } catch (IOException e) {
      throw ProcDirectory.refusal(process.pid(), e);
    }
  }

  /// Another handle on the same memory, with its own life.
  MapsProbe duplicate() throws IOException {
    return new MapsProbe(map.duplicate(), pagemap);
  }

  /// True from the first exec or the exit on. Any other answer than the expected one counts as a
  /// change.
  public boolean changed() {
    return map.use(fd -> {
      try (Libc libc = Libc.frame()) {
        long answer = libc.pread(fd, libc.allocate(1, 1), 0);
        return pagemap ? !Errno.EINVAL.is(answer) : answer <= 0;
      }
    });
  }

  /// Idempotent.
  @Override
  public void close() {
    map.close();
  }
}

package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A new terminal (pty(7)): whoever holds the master is the screen and the keyboard.
///
/// @param master its master
/// @param path of the terminal itself
public record PseudoTerminal(OpenFile master, String path) implements AutoCloseable {
  private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0x100 | 0x80000;
  private static final int PRIVATE = 0600;
  private static final int SAME = -1;
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCGPTN = 0x80045430L;
  private static final long TIOCGWINSZ = 0x5413L;
  private static final long TIOCSWINSZ = 0x5414L;

  /// Rows and columns of a screen.
  public record Size(int rows, int columns) {}

  /// Makes one that belongs to this user, and to nobody else.
  public static PseudoTerminal open(int uid, Size size) throws IOException {
    try (Libc libc = Libc.frame();
        LaunchCalls calls = LaunchCalls.frame()) {
      Descriptor master =
          Descriptor.of(
              libc.openat(Libc.NO_DIRECTORY, "/dev/ptmx", O_RDWR_NOCTTY_CLOEXEC), "/dev/ptmx");
      try {
        MemorySegment number = calls.allocate(4, 4);
        require(master.use(fd -> calls.ioctl(fd, TIOCSPTLCK, number)), "ioctl(TIOCSPTLCK)");
        require(master.use(fd -> calls.ioctl(fd, TIOCGPTN, number)), "ioctl(TIOCGPTN)");
        String path = "/dev/pts/" + number.get(JAVA_INT, 0);
        try (Descriptor slave =
            Descriptor.of(libc.openat(Libc.NO_DIRECTORY, path, O_RDWR_NOCTTY_CLOEXEC), path)) {
          // Its group, tty or the user's own, would let others write to it.
          require(slave.use(fd -> FileCalls.fchmod(libc, fd, PRIVATE)), "fchmod(" + path + ")");
          require(slave.use(fd -> calls.fchown(fd, uid, SAME)), "fchown(" + path + ")");
        }
        var made = new PseudoTerminal(new OpenFile(master), path);
        resize(made.master, size);
        return made;
      } catch (IOException | RuntimeException e) {
        master.close();
        throw e;
      }
    }
  }

  /// Tells a terminal, by its master or itself, how large the screen is.
  public static void resize(OpenFile terminal, Size size) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment window = calls.allocate(8, 2);
      window.set(JAVA_SHORT, 0, (short) size.rows());
      window.set(JAVA_SHORT, 2, (short) size.columns());
      require(calls.ioctl(terminal.fd(), TIOCSWINSZ, window), "ioctl(TIOCSWINSZ)");
    }
  }

  /// How large the screen of a terminal is.
  public static Size size(OpenFile terminal) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment window = calls.allocate(8, 2);
      require(calls.ioctl(terminal.fd(), TIOCGWINSZ, window), "ioctl(TIOCGWINSZ)");
      return new Size(
          Short.toUnsignedInt(window.get(JAVA_SHORT, 0)),
          Short.toUnsignedInt(window.get(JAVA_SHORT, 2)));
    }
  }

  /// True if a file is a terminal.
  public static boolean is(OpenFile file) {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      return calls.isatty(file.fd());
    }
  }

  private static void require(long result, String call) throws IOException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
  }

  @Override
  public void close() {
    master.close();
  }
}

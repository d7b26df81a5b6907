package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A handle on one process (pidfd_open(2)) that never means another one, even when its pid is used
/// again. It tells the exit; it does not tell an exec. Thread-safe.
public final class Pidfd implements AutoCloseable {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERPIDFD = 77;
  private static final short POLLIN = 1;

  private final Descriptor descriptor;

  private Pidfd(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /// A handle on the process that has this pid now. Which one that is, the caller must find out
  /// afterwards: see [PinnedProcess].
  ///
  /// @throws IOException if there is none, or the kernel is older than 5.3
  public static Pidfd open(int pid) throws IOException {
    try (Libc libc = Libc.frame()) {
      return new Pidfd(Descriptor.of(libc.pidfdOpen(pid), "pidfd_open(" + pid + ")"));
    }
  }

  /// A handle on exactly the process that connected this Unix socket.
  ///
  /// @return empty if the kernel (before 6.5) does not have SO_PEERPIDFD
  /// @throws IOException on any other error, for example when that process is gone
  public static Optional<Pidfd> ofPeer(int socketFd) throws IOException {
    try (Libc libc = Libc.frame()) {
      MemorySegment value = libc.allocate(4, 4);
      MemorySegment length = libc.allocate(4, 4);
      length.set(JAVA_INT, 0, 4);
      long result = libc.getsockopt(socketFd, SOL_SOCKET, SO_PEERPIDFD, value, length);
      if (Errno.ENOPROTOOPT.is(result)) {
        return Optional.empty();
      }
      String call = "getsockopt(" + socketFd + ", SO_PEERPIDFD)";
      return Optional.of(
          new Pidfd(Descriptor.of(result < 0 ? result : value.get(JAVA_INT, 0), call)));
    }
  }

  /// False from the moment on at which all threads of the process have ended, whether or not its
  /// parent has collected it.
  public boolean isAlive() {
    return descriptor.use(fd -> {
      try (Libc libc = Libc.frame()) {
        long ready;
        do {
          ready = libc.poll(fd, POLLIN, 0);
        } while (Errno.EINTR.is(ready));
        // An error here cannot be told from an exit, so it counts as one.
        return ready == 0;
      }
    });
  }

  /// Another handle on the same process, with its own life.
  public Pidfd duplicate() throws IOException {
    return new Pidfd(descriptor.duplicate());
  }

  Descriptor copy() throws IOException {
    return descriptor.duplicate();
  }

  /// The file descriptor, valid until [#close()].
  ///
  /// @throws IllegalStateException if this was closed
  public int fd() {
    return descriptor.number();
  }

  /// Idempotent.
  @Override
  public void close() {
    descriptor.close();
  }
}

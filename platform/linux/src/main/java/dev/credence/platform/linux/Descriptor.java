package dev.credence.platform.linux;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// A file descriptor that cannot be used after it was closed: a number used late might by then be
/// another file. Thread-safe; several uses run at the same time, closing waits for them.
final class Descriptor implements AutoCloseable {
  private static final int CLOSED = -1;
  private static final int F_DUPFD_CLOEXEC = 1030;

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final String what;
  private volatile int fd;

  private Descriptor(int fd, String what) {
    this.fd = fd;
    this.what = what;
  }

  /// Takes over what a call answered.
  ///
  /// @param call the call and its arguments, for the message
  /// @throws SystemCallException if the call failed
  static Descriptor of(long result, String call) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
    return new Descriptor((int) result, call);
  }

  /// One use of the number.
  interface Use<T, X extends Exception> {
    T with(int fd) throws X;
  }

  /// Runs something with the number, which stays open meanwhile.
  ///
  /// @throws IllegalStateException if this was closed
  <T, X extends Exception> T use(Use<T, X> use) throws X {
    lock.readLock().lock();
    try {
      return use.with(number());
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Another descriptor for the same open file.
  Descriptor duplicate() throws IOException {
    return use(number -> {
      try (Libc libc = Libc.frame()) {
        return of(libc.fcntl(number, F_DUPFD_CLOEXEC, 3), "duplicate of " + what);
      }
    });
  }

  /// The bare number. It is valid only until [#close()].
  int number() {
    if (fd == CLOSED) {
      throw new IllegalStateException(what + " was closed");
    }
    return fd;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (fd != CLOSED) {
        int closing = fd;
        fd = CLOSED;
        try (Libc libc = Libc.frame()) {
          // The number is gone whatever the answer is: Linux never leaves it open.
          var _ = libc.close(closing);
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}

package dev.credence.platform.linux;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/// A file descriptor that cannot be used after it was closed: a number used late might by then be
/// another file. Thread-safe; several uses run at the same time, and the number is given back when
/// the last of them is over. A node holds several for each process that it serves, so that this is
/// small.
final class Descriptor implements AutoCloseable {
  private static final int F_DUPFD_CLOEXEC = 1030;

  /// In [#uses]: closed, the uses under way finish.
  private static final int CLOSED = 1 << 30;

  private static final AtomicIntegerFieldUpdater<Descriptor> USES =
      AtomicIntegerFieldUpdater.newUpdater(Descriptor.class, "uses");

  private final int fd;
  private final String what;
  // How many uses are under way, and CLOSED.
  private volatile int uses;

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
    enter();
    try {
      return use.with(fd);
    } finally {
      if (USES.decrementAndGet(this) == CLOSED) {
        giveBack();
      }
    }
  }

  private void enter() {
    while (true) {
      int now = uses;
      requireOpen(now);
      if (USES.compareAndSet(this, now, now + 1)) {
        return;
      }
    }
  }

  private void requireOpen(int now) {
    if ((now & CLOSED) != 0) {
      throw new IllegalStateException(what + " was closed");
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
    requireOpen(uses);
    return fd;
  }

  /// Nobody begins a use after this. The number is given back now, or by the last use under way.
  @Override
  public void close() {
    while (true) {
      int now = uses;
      if ((now & CLOSED) != 0) {
        return;
      }
      if (USES.compareAndSet(this, now, now | CLOSED)) {
        if (now == 0) {
          giveBack();
        }
        return;
      }
    }
  }

  /// Once: what is closed is entered by nobody, so that the count comes to nothing once.
  private void giveBack() {
    try (Libc libc = Libc.frame()) {
      // The number is gone whatever the answer is: Linux never leaves it open.
      var _ = libc.close(fd);
    }
  }
}

package dev.credence.platform.linux;

import java.io.IOException;

/// A system call failed. The message names the call, what it was asked, and the error.
final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /// @param result what the call answered: the negative error number
  SystemCallException(String call, long result) {
    super(call + ": " + Errno.name((int) -result));
    this.errno = (int) -result;
  }

  boolean is(Errno error) {
    return error.is(-errno);
  }

  /// The process that was asked about does not exist (any more).
  boolean processGone() {
    return is(Errno.ESRCH) || is(Errno.ENOENT);
  }

  /// This daemon, or the machine, has no descriptors or no memory left: the answer says nothing
  /// about what was asked for.
  boolean lacksResources() {
    return is(Errno.EMFILE) || is(Errno.ENFILE) || is(Errno.ENOMEM);
  }
}

package dev.credence.platform.linux;

/// The error numbers that we tell apart or print by name; they are the same on all our
/// architectures.
enum Errno {
  EPERM(1),
  ENOENT(2),
  ESRCH(3),
  EINTR(4),
  EIO(5),
  EBADF(9),
  EAGAIN(11),
  ENOMEM(12),
  EACCES(13),
  EEXIST(17),
  EXDEV(18),
  ENOTDIR(20),
  EISDIR(21),
  EINVAL(22),
  ENFILE(23),
  EMFILE(24),
  ENOSPC(28),
  EROFS(30),
  EPIPE(32),
  ENAMETOOLONG(36),
  ENOSYS(38),
  ELOOP(40),
  ENODATA(61),
  ENOPROTOOPT(92),
  ECONNABORTED(103),
  ECONNRESET(104),
  ENOBUFS(105),
  ECONNREFUSED(111),
  EDQUOT(122);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /// True if a call's result (negative error number) is this error.
  boolean is(long result) {
    return result == -number;
  }

  /// Its name, or `errno N`.
  static String name(int number) {
    for (Errno known : values()) {
      if (known.number == number) {
        return known.name();
      }
    }
    return "errno " + number;
  }
}

package dev.credence.platform.linux;

import java.io.IOException;

/// A file, folder or link was not opened, read or made. The message is the call with its error;
/// [#why()] is what callers tell people.
public final class FileRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  /// What stands in the way.
  public enum Why {
    /// The rights do not suffice.
    DENIED,
    /// There is none under this name (any more).
    ABSENT,
    /// It is not of the kind that it was asked for as: a link, a folder, a file.
    OTHER_KIND,
    /// Another file system is mounted there.
    MOUNT,
    /// Its name cannot be told: not UTF-8, too long, with control characters.
    NAME,
    /// There are more than were asked for.
    TOO_MANY,
    /// No room left on the device, or in the user's share of it.
    NO_SPACE,
    /// This daemon or the machine has no descriptors or memory left.
    NO_RESOURCES,
    /// The kernel cannot do it.
    UNSUPPORTED,
    /// Anything else.
    OTHER
  }

  private final Why why;

  FileRefusedException(Why why, String message) {
    super(message);
    this.why = why;
  }

  /// @param result what the call answered: the negative error number
  static FileRefusedException of(String call, long result) {
    return new FileRefusedException(reason(result), call + ": " + Errno.name((int) -result));
  }

  private static Why reason(long result) {
    for (Errno known : Errno.values()) {
      if (known.is(result)) {
        return reason(known);
      }
    }
    return Why.OTHER;
  }

  private static Why reason(Errno error) {
    return switch (error) {
      case EACCES, EPERM -> Why.DENIED;
      case ENOENT -> Why.ABSENT;
      case ELOOP, ENOTDIR, EISDIR -> Why.OTHER_KIND;
      case EXDEV -> Why.MOUNT;
      case ENAMETOOLONG -> Why.NAME;
      case ENOSPC, EDQUOT -> Why.NO_SPACE;
      case EMFILE, ENFILE, ENOMEM -> Why.NO_RESOURCES;
      case ENOSYS -> Why.UNSUPPORTED;
      default -> Why.OTHER;
    };
  }

  /// What stands in the way.
  public Why why() {
    return why;
  }
}

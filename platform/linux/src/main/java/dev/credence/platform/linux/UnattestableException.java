package dev.credence.platform.linux;

import java.io.IOException;
import java.util.Locale;

/// Nothing can be said about a process that could be believed. The caller is refused.
///
/// The message is for people; it names the process, what was found, and what was expected.
public final class UnattestableException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Why, for events and metrics.
  public enum Reason {
    /// The process has ended.
    EXITED,
    /// The pid, the program or the user is not the one that was seen before.
    CHANGED,
    /// The kernel does not show this daemon what it needs to see.
    UNREADABLE,
    /// The kernel does not randomize this process's memory, so an exec could not be seen.
    NOT_RANDOMIZED,
    /// The process is in a pid namespace that this daemon cannot see.
    OUT_OF_SIGHT,
    /// This daemon could not look now, for want of descriptors, memory or time. It says nothing
    /// about the process, and asking again may help.
    NOT_NOW;

    /// The word for it in events: `not-randomized`.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Reason reason;

  UnattestableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  UnattestableException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// A failed look at a process.
  ///
  /// @param cause what the kernel answered; an ended process is told from an unreadable one by it
  public static UnattestableException unreadable(int pid, IOException cause) {
    return ProcDirectory.refusal(pid, cause);
  }

  /// A look that failed for reasons of this daemon's own.
  public static UnattestableException notNow(String message, Throwable cause) {
    return new UnattestableException(Reason.NOT_NOW, message, cause);
  }

  /// It runs another program than it should.
  public static UnattestableException changed(String message) {
    return new UnattestableException(Reason.CHANGED, message);
  }

  /// The daemon had no look at it when one was due, which says nothing about the process.
  public static UnattestableException notSeen(String message) {
    return new UnattestableException(Reason.NOT_NOW, message);
  }

  /// A caller on a connection that is closed, or whose other end cannot be found any more.
  public static UnattestableException connectionOver(String message) {
    return new UnattestableException(Reason.EXITED, message);
  }

  /// True if the process may be as good as before: it only could not be looked at now.
  public boolean isTransient() {
    return reason == Reason.NOT_NOW;
  }

  /// Why, for events and metrics.
  public Reason reason() {
    return reason;
  }
}

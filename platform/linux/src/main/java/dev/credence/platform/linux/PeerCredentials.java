package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/// Who connected a Unix socket, as the kernel noted it at connect time (`SO_PEERCRED`, unix(7)). It
/// stays the same when the socket is passed on: what a child does with an inherited socket, its
/// parent did.
///
/// @param pid in this daemon's pid namespace; never 0, such a peer is refused
/// @param uid effective user id, unsigned: print it by [Integer#toUnsignedString(int)]
/// @param gid effective group id, unsigned
public record PeerCredentials(int pid, int uid, int gid) {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;

  /// Asks the kernel about a connected Unix socket.
  ///
  /// @param socketFd its file descriptor
  /// @throws IOException if it is none, or if the peer's pid namespace cannot be seen from here
  public static PeerCredentials of(int socketFd) throws IOException {
    try (Libc libc = Libc.frame()) {
      MemorySegment value = libc.allocate(12, 4);
      MemorySegment length = libc.allocate(4, 4);
      length.set(JAVA_INT, 0, 12);
      long result = libc.getsockopt(socketFd, SOL_SOCKET, SO_PEERCRED, value, length);
      if (result < 0) {
        throw new SystemCallException("getsockopt(" + socketFd + ", SO_PEERCRED)", result);
      }
      int pid = value.getAtIndex(JAVA_INT, 0);
      if (pid <= 0) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "peer of socket %d has pid %d (expected: a process in this daemon's pid namespace)",
                socketFd,
                pid));
      }
      return new PeerCredentials(pid, value.getAtIndex(JAVA_INT, 1), value.getAtIndex(JAVA_INT, 2));
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "pid %d, uid %s, gid %s",
        pid,
        Integer.toUnsignedString(uid),
        Integer.toUnsignedString(gid));
  }
}

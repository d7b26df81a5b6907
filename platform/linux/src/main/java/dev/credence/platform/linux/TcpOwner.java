package dev.credence.platform.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Locale;

/// Which user's socket is at the other end of a TCP connection within this host: the kernel is
/// asked for the caller's own socket, by both addresses (sock_diag(7)).
///
/// It is what the kernel says of the *socket*: who made it. Not which process uses it, nor for whom
/// that process speaks: a forwarder's connections are the forwarder's.
///
/// @param uid unsigned: print it by [Integer#toUnsignedString(int)]
/// @param inode of the socket, new for each; never 0
public record TcpOwner(int uid, long inode) {
  private static final int AF_NETLINK = 16;
  private static final int DATAGRAM_CLOSED_ON_EXEC_NOT_BLOCKING = 2 | 0x80000 | 0x800;
  private static final int SOCK_DIAG = 4;
  private static final int LONGEST_ANSWER = 8192;

  /// Asks the kernel about an open connection. The answer is there at once; nothing blocks.
  ///
  /// @param caller the caller's end
  /// @param here this end
  /// @throws IOException if there is no such connection in this network namespace (any more), if
  ///   nobody holds the caller's end, or if the kernel cannot be asked
  public static TcpOwner of(InetSocketAddress caller, InetSocketAddress here) throws IOException {
    byte[] question = SockDiag.question(caller, here);
    return SockDiag.answer(ask(question), caller, here);
  }

  /// What the kernel answered, read strictly.
  ///
  /// @throws IOException if it is anything but the one open connection that was asked for
  public static TcpOwner parse(byte[] answer, InetSocketAddress caller, InetSocketAddress here)
      throws IOException {
    return SockDiag.answer(answer, caller, here);
  }

  private static byte[] ask(byte[] question) throws IOException {
    try (Libc libc = Libc.frame()) {
      long socket = libc.socket(AF_NETLINK, DATAGRAM_CLOSED_ON_EXEC_NOT_BLOCKING, SOCK_DIAG);
      if (socket < 0) {
        throw new SystemCallException("socket(AF_NETLINK, NETLINK_SOCK_DIAG)", socket);
      }
      try {
        return exchange(libc, (int) socket, question);
      } finally {
        var _ = libc.close((int) socket);
      }
    }
  }

  private static byte[] exchange(Libc libc, int socket, byte[] question) throws IOException {
    MemorySegment out = libc.allocate(question.length, 8);
    MemorySegment.copy(question, 0, out, ValueLayout.JAVA_BYTE, 0, question.length);
    long sent = libc.write(socket, out);
    if (sent != question.length) {
      throw sent < 0
          ? new SystemCallException("write(sock_diag)", sent)
          : new IOException("sock_diag: the question was cut off");
    }
    MemorySegment in = libc.allocate(LONGEST_ANSWER, 8);
    long read = libc.read(socket, in);
    if (read < 0) {
      throw new SystemCallException("read(sock_diag)", read);
    }
    return in.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "uid %s, socket %d", Integer.toUnsignedString(uid), inode);
  }
}

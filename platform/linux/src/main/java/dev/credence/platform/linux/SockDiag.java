package dev.credence.platform.linux;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/// The question for one TCP socket, and its answer, as sock_diag(7) lays them out. Stateless.
final class SockDiag {
  private static final int HEADER = 16;
  private static final int QUESTION = 56;
  // struct inet_diag_msg, without attributes.
  private static final int ANSWER = 72;
  private static final int ADDRESS = 16;
  private static final short ERROR = 2;
  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short REQUEST = 1;
  private static final int SEQUENCE = 1;
  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;
  private static final byte IPPROTO_TCP = 6;
  private static final byte ESTABLISHED = 1;
  private static final int NO_UID = -1;
  // Who is not known in this daemon's user namespace is shown as this one.
  private static final int OVERFLOW_UID = 65_534;
  private static final long NO_COOKIE = -1L;

  private SockDiag() {}

  /// For the socket whose own address is the first.
  static byte[] question(InetSocketAddress own, InetSocketAddress other) {
    byte[] bytes = new byte[HEADER + QUESTION];
    ByteBuffer question = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    question
        .putInt(HEADER + QUESTION)
        .putShort(SOCK_DIAG_BY_FAMILY)
        .putShort(REQUEST)
        .putInt(SEQUENCE)
        .putInt(0);
    question.put(family(own)).put(IPPROTO_TCP).putShort((short) 0).putInt(1 << ESTABLISHED);
    question.put(ports(own, other)).put(padded(own)).put(padded(other));
    question.putInt(0).putLong(NO_COOKIE);
    return bytes;
  }

  /// @throws IOException if it is not an open connection between these two that somebody holds
  static TcpOwner answer(byte[] bytes, InetSocketAddress own, InetSocketAddress other)
      throws IOException {
    ByteBuffer answer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    require(answer.remaining() >= HEADER, "the answer is too short");
    int length = answer.getInt();
    short type = answer.getShort();
    answer.getShort();
    int sequence = answer.getInt();
    answer.getInt();
    require(length >= HEADER && length <= bytes.length, "the answer's length is wrong");
    require(sequence == SEQUENCE, "an answer to another question");
    if (type == ERROR) {
      throw failure(answer, own, other);
    }
    require(type == SOCK_DIAG_BY_FAMILY, "an answer of another kind");
    require(length >= HEADER + ANSWER, "the answer is too short");
    return socket(answer, own, other);
  }

  private static TcpOwner socket(ByteBuffer answer, InetSocketAddress own, InetSocketAddress other)
      throws IOException {
    byte family = answer.get();
    // A program that speaks both calls an IPv4 address from an IPv6 socket.
    boolean mapped = family == AF_INET6 && family(own) == AF_INET;
    require(family == family(own) || mapped, "a socket of another family");
    // A connection that is being closed has no owner any more, and the kernel says 0 instead.
    require(answer.get() == ESTABLISHED, "the connection is not open");
    answer.getShort();
    require(
        matches(answer, ports(own, other))
            && matches(answer, mapped ? mapped(own) : padded(own))
            && matches(answer, mapped ? mapped(other) : padded(other)),
        "another connection");
    // Interface, cookie, timer, queues.
    answer.position(answer.position() + 4 + 8 + 4 + 4 + 4);
    int uid = answer.getInt();
    long inode = Integer.toUnsignedLong(answer.getInt());
    require(inode != 0, "nobody holds the caller's socket");
    require(
        uid != NO_UID && uid != OVERFLOW_UID,
        "the caller's user is not known in this user namespace");
    return new TcpOwner(uid, inode);
  }

  private static IOException failure(
      ByteBuffer answer, InetSocketAddress own, InetSocketAddress other) throws IOException {
    require(answer.remaining() >= Integer.BYTES, "the error is too short");
    int error = answer.getInt();
    return Errno.ENOENT.is(error)
        ? new IOException(
            String.format(
                Locale.ROOT,
                "sock_diag: no connection %s to %s on this host (expected: the caller's)",
                own,
                other))
        : new IOException("sock_diag: " + Errno.name(-error));
  }

  private static boolean matches(ByteBuffer answer, byte[] expected) {
    byte[] found = new byte[expected.length];
    answer.get(found);
    return Arrays.equals(found, expected);
  }

  private static void require(boolean right, String otherwise) throws IOException {
    if (!right) {
      throw new IOException("sock_diag: " + otherwise);
    }
  }

  private static byte family(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address ? AF_INET6 : AF_INET;
  }

  private static byte[] ports(InetSocketAddress own, InetSocketAddress other) {
    return ByteBuffer.allocate(4)
        .putShort((short) own.getPort())
        .putShort((short) other.getPort())
        .array();
  }

  /// `::ffff:a.b.c.d`
  private static byte[] mapped(InetSocketAddress address) {
    byte[] mapped = new byte[ADDRESS];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(address.getAddress().getAddress(), 0, mapped, 12, 4);
    return mapped;
  }

  private static byte[] padded(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return Arrays.copyOf(ip.getAddress(), ADDRESS);
  }
}

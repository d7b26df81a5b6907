package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A socket of the kernel's process connector, which listens. Used by one thread at a time.
final class ConnectorSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int DATAGRAM_CLOSED_ON_EXEC_NOT_BLOCKING = 2 | 0x80000 | 0x800;
  private static final int NETLINK_CONNECTOR = 11;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;

  /// 8 MiB.
  static final int BUFFER = 8 << 20;

  private static final int LARGEST = 4096;
  private static final int ANSWER_MILLIS = 1000;
  private static final int MOST_BEFORE = 1000;
  private static final short POLLIN = 1;

  private final Descriptor socket;
  private final byte[] datagram = new byte[LARGEST];

  private ConnectorSocket(Descriptor socket) {
    this.socket = socket;
  }

  /// Begins to listen, and waits for the kernel to say that it does.
  ///
  /// @param buffer what the kernel may keep for it, in bytes
  /// @throws IOException if this daemon may not (CAP_NET_ADMIN, on older kernels), or is in a
  ///   network, pid or user namespace of its own, where nothing is told
  static ConnectorSocket open(int buffer) throws IOException {
    try (Libc libc = Libc.frame()) {
      var opened =
          new ConnectorSocket(
              Descriptor.of(
                  libc.socket(AF_NETLINK, DATAGRAM_CLOSED_ON_EXEC_NOT_BLOCKING, NETLINK_CONNECTOR),
                  "socket(AF_NETLINK, NETLINK_CONNECTOR)"));
      try {
        opened.bind(libc);
        opened.resize(libc, buffer);
        opened.listen(libc);
        return opened;
      } catch (IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
    }
  }

  private void bind(Libc libc) throws IOException {
    // struct sockaddr_nl: family, padding, port (the kernel chooses), groups.
    MemorySegment address = libc.allocate(12, 4);
    address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
    address.set(JAVA_INT, 8, 1);
    require(socket.use(fd -> libc.bind(fd, address)), "bind(NETLINK_CONNECTOR)");
  }

  /// The usual buffer holds 256 events; more than is allowed is had by privilege only.
  private void resize(Libc libc, int buffer) {
    MemorySegment size = libc.allocate(4, 4);
    size.set(JAVA_INT, 0, buffer);
    long forced = socket.use(fd -> libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size));
    if (forced < 0) {
      var _ = socket.use(fd -> libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size));
    }
  }

  /// First to everything, since only that is answered; then to what is of use. A kernel without
  /// filters takes no notice of the second question, and goes on telling everything.
  private void listen(Libc libc) throws IOException {
    ask(libc, 4);
    awaitAnswer(libc);
    ask(libc, 8);
  }

  private void ask(Libc libc, int input) throws IOException {
    int length = 36 + input;
    MemorySegment question = libc.allocate(length, 4);
    // struct nlmsghdr: length, type NLMSG_DONE, flags, sequence, port.
    question.set(JAVA_INT, 0, length);
    question.set(JAVA_SHORT, 4, (short) 3);
    // struct cn_msg: index and value of the process connector, sequence, answer, length, flags.
    question.set(JAVA_INT, 16, 1);
    question.set(JAVA_INT, 20, 1);
    question.set(JAVA_SHORT, 32, (short) input);
    // struct proc_input: PROC_CN_MCAST_LISTEN, and what of.
    question.set(JAVA_INT, 36, 1);
    if (input > 4) {
      question.set(JAVA_INT, 40, ProcessEvent.filter());
    }
    require(socket.use(fd -> libc.write(fd, question)), "write(NETLINK_CONNECTOR)");
  }

  /// Where nothing is told, nothing is answered either. Others' events may come first.
  private void awaitAnswer(Libc libc) throws IOException {
    for (int i = 0; i < MOST_BEFORE; i++) {
      long ready = socket.use(fd -> libc.poll(fd, POLLIN, ANSWER_MILLIS));
      if (ready <= 0) {
        break;
      }
      Optional<ProcessEvent> event = next();
      if (event.isPresent() && event.get().kind() == ProcessEvent.Kind.ANSWER) {
        if (event.get().error() != 0) {
          throw new IOException("the process connector: " + Errno.name(event.get().error()));
        }
        return;
      }
    }
    throw new IOException(
        "the process connector does not answer (expected: in the machine's own network, pid and user namespaces)");
  }

  /// For waiting.
  Descriptor descriptor() {
    return socket;
  }

  /// What was told; empty: nothing now, or nothing of use.
  ///
  /// @throws SystemCallException EAGAIN: nothing is there; ENOBUFS: some were lost
  Optional<ProcessEvent> next() throws SystemCallException {
    try (Libc libc = Libc.frame()) {
      MemorySegment buffer = libc.allocate(LARGEST, 8);
      long length = socket.use(fd -> libc.read(fd, buffer));
      if (length < 0) {
        throw new SystemCallException("read(NETLINK_CONNECTOR)", length);
      }
      MemorySegment.copy(buffer, JAVA_BYTE, 0, datagram, 0, (int) length);
      return ProcessEvent.parse(datagram, (int) length);
    }
  }

  private static void require(long result, String call) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}

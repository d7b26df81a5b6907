package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A Unix stream socket that carries open files beside bytes (unix(7), SCM_RIGHTS), which the JDK's
/// own cannot. One thread reads, one writes.
public final class LocalSocket implements AutoCloseable {
  /// Most open files in one message.
  public static final int MOST_FILES = 8;

  private static final int AF_UNIX = 1;
  private static final int STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MSG_CTRUNC = 8;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;
  private static final int SHUT_RDWR = 2;
  private static final int HEADER = 16;
  private static final int CONTROL = HEADER + 4 * MOST_FILES;

  private final Descriptor descriptor;

  LocalSocket(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /// Connects to a socket that somebody serves.
  ///
  /// @throws IOException if nobody does
  public static LocalSocket connect(Path path) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      var socket = new LocalSocket(open());
      byte[] name = UnixSocketPath.check(path).toString().getBytes(StandardCharsets.UTF_8);
      long result =
          socket.descriptor.use(fd -> calls.connect(fd, address(calls, name), 3 + name.length));
      if (result < 0) {
        socket.close();
        throw new SystemCallException("connect(" + path + ")", result);
      }
      return socket;
    }
  }

  static Descriptor open() throws IOException {
    try (Libc libc = Libc.frame()) {
      return Descriptor.of(libc.socket(AF_UNIX, STREAM_CLOEXEC, 0), "socket");
    }
  }

  /// `struct sockaddr_un`.
  static MemorySegment address(LaunchCalls calls, byte[] path) {
    MemorySegment address = calls.allocate(110, 8);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
    return address;
  }

  /// The descriptor, for [PeerCredentials#of(int)] and [Pidfd#ofPeer(int)].
  public int fd() {
    return descriptor.number();
  }

  /// Sends all of the bytes; the open files travel with the first of them.
  ///
  /// @throws SocketTimeoutException if the other end does not take them in time
  public void send(byte[] bytes, List<OpenFile> files, Duration atMost) throws IOException {
    if (files.size() > MOST_FILES || bytes.length == 0) {
      throw new IllegalArgumentException(
          bytes.length + " bytes, " + files.size() + " files (expected: 1 or more; at most 8)");
    }
    long until = System.nanoTime() + atMost.toNanos();
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment all = calls.allocate(bytes.length, 1);
      MemorySegment.copy(bytes, 0, all, JAVA_BYTE, 0, bytes.length);
      long sent = 0;
      while (sent < bytes.length) {
        MemorySegment message = message(calls, all.asSlice(sent));
        if (sent == 0 && !files.isEmpty()) {
          attach(calls, message, files);
        }
        long count = descriptor.use(fd -> calls.sendmsg(fd, message, MSG_NOSIGNAL | MSG_DONTWAIT));
        if (Errno.EAGAIN.is(count)) {
          await(calls, POLLOUT, until);
        } else if (count < 0 && !Errno.EINTR.is(count)) {
          throw new SystemCallException("sendmsg", count);
        }
        sent += Math.max(0, count);
      }
    }
  }

  private static MemorySegment message(LaunchCalls calls, MemorySegment bytes) {
    MemorySegment vector = calls.allocate(16, 8);
    vector.set(ADDRESS, 0, bytes);
    vector.set(JAVA_LONG, 8, bytes.byteSize());
    MemorySegment message = calls.allocate(56, 8);
    message.set(ADDRESS, 16, vector);
    message.set(JAVA_LONG, 24, 1);
    return message;
  }

  private static void attach(LaunchCalls calls, MemorySegment message, List<OpenFile> files) {
    MemorySegment control = calls.allocate(CONTROL, 8);
    long length = HEADER + 4L * files.size();
    control.set(JAVA_LONG, 0, length);
    control.set(JAVA_INT, 8, SOL_SOCKET);
    control.set(JAVA_INT, 12, SCM_RIGHTS);
    for (int i = 0; i < files.size(); i++) {
      control.set(JAVA_INT, HEADER + 4L * i, files.get(i).fd());
    }
    message.set(ADDRESS, 32, control);
    message.set(JAVA_LONG, 40, (length + 7) / 8 * 8);
  }

  /// What one reading gave: some bytes, and the open files that came with them. Whoever reads
  /// closes them.
  private static final class Received {
    private final byte[] bytes;
    private final List<OpenFile> files;

    Received(byte[] bytes, List<OpenFile> files) {
      this.bytes = bytes;
      this.files = files;
    }
  }

  /// Waits for the next bytes.
  ///
  /// @param atMost most bytes
  /// @param until on [System#nanoTime()]; `Long.MAX_VALUE`: for ever
  /// @throws SocketTimeoutException if nothing came by then
  /// @throws IOException if more files came than [#MOST_FILES]: then all are closed
  private Received receive(int atMost, long until) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment bytes = calls.allocate(atMost, 1);
      MemorySegment control = calls.allocate(CONTROL + 8L, 8);
      MemorySegment message = message(calls, bytes);
      while (true) {
        await(calls, POLLIN, until);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, CONTROL + 8L);
        long count =
            descriptor.use(fd -> calls.recvmsg(fd, message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT));
        if (count >= 0) {
          return received(bytes.asSlice(0, count), message, control);
        }
        if (!Errno.EAGAIN.is(count) && !Errno.EINTR.is(count)) {
          throw new SystemCallException("recvmsg", count);
        }
      }
    }
  }

  private static Received received(
      MemorySegment bytes, MemorySegment message, MemorySegment control) throws IOException {
    var files = new ArrayList<OpenFile>();
    long length = message.get(JAVA_LONG, 40);
    boolean rights =
        length >= HEADER
            && control.get(JAVA_INT, 8) == SOL_SOCKET
            && control.get(JAVA_INT, 12) == SCM_RIGHTS;
    if (rights) {
      for (long at = HEADER; at + 4 <= control.get(JAVA_LONG, 0); at += 4) {
        files.add(new OpenFile(Descriptor.of(control.get(JAVA_INT, at), "received descriptor")));
      }
    }
    if ((message.get(JAVA_INT, 48) & MSG_CTRUNC) != 0) {
      files.forEach(OpenFile::close);
      throw new IOException("more open files in a message than are taken, " + MOST_FILES);
    }
    return new Received(bytes.toArray(JAVA_BYTE), files);
  }

  /// Reads exactly so many bytes; files that come with them are added to the list, which its owner
  /// closes also if this fails.
  ///
  /// @throws EOFException if the other end closes before
  public byte[] receiveFully(int length, List<OpenFile> files, long until) throws IOException {
    byte[] all = new byte[length];
    int have = 0;
    while (have < length) {
      Received next = receive(length - have, until);
      files.addAll(next.files);
      if (files.size() > MOST_FILES) {
        throw new IOException(files.size() + " open files (expected: at most " + MOST_FILES + ")");
      }
      if (next.bytes.length == 0) {
        throw new EOFException("the other end has closed");
      }
      System.arraycopy(next.bytes, 0, all, have, next.bytes.length);
      have += next.bytes.length;
    }
    return all;
  }

  private void await(LaunchCalls calls, short events, long until) throws IOException {
    MemorySegment entry = calls.allocate(8, 4);
    while (true) {
      long left = until == Long.MAX_VALUE ? -1 : (until - System.nanoTime()) / 1_000_000 + 1;
      if (until != Long.MAX_VALUE && left <= 0) {
        throw new SocketTimeoutException("the other end is silent for too long");
      }
      LaunchCalls.entry(entry, 0, descriptor.number(), events);
      long ready = calls.poll(entry, (int) Math.min(left, Integer.MAX_VALUE));
      if (ready > 0) {
        return;
      }
      if (ready < 0 && !Errno.EINTR.is(ready)) {
        throw new SystemCallException("poll", ready);
      }
    }
  }

  /// Ends both directions; whoever waits on it is woken up. The descriptor stays until [#close()].
  public void shutdown() {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      var _ = descriptor.use(fd -> calls.shutdown(fd, SHUT_RDWR));
    } catch (IllegalStateException e) {
      return; // closed already
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    descriptor.close();
  }
}

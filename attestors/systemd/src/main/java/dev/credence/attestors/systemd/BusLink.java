package dev.credence.attestors.systemd;

import dev.credence.attestors.systemd.MessageReader.Shape;
import dev.credence.attestors.systemd.MessageWriter.Argument;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A connection to a message bus. It blocks without a limit of its own: whatever is done with it is
/// done [#within(Duration)] one, at the end of which it is closed. For one thread at a time.
final class BusLink implements AutoCloseable {
  private static final int LONGEST_LINE = 512;

  private final SocketChannel channel;
  private final AtomicBoolean late = new AtomicBoolean();
  private long serial;

  private BusLink(SocketChannel channel) {
    this.channel = channel;
  }

  /// A socket that is not connected yet.
  static BusLink make() throws IOException {
    return new BusLink(SocketChannel.open(StandardProtocolFamily.UNIX));
  }

  /// A time after which everything on the link fails.
  interface Deadline extends AutoCloseable {
    @Override
    void close();
  }

  /// Begins one.
  Deadline within(Duration time) {
    var done = new CountDownLatch(1);
    Thread.ofVirtual()
        .name("bus-deadline")
        .start(() -> {
          try {
            if (!done.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
              late.set(true);
              close();
            }
          } catch (InterruptedException e) {
            close();
          }
        });
    return done::countDown;
  }

  /// True if it was closed by a deadline.
  boolean isLate() {
    return late.get();
  }

  /// Connects and shows the bus who this is, which the kernel confirms to it.
  void connect(Path socket, int uid) throws IOException {
    var _ = channel.connect(UnixDomainSocketAddress.of(socket));
    String name = Integer.toUnsignedString(uid);
    String hex = HexFormat.of().formatHex(name.getBytes(StandardCharsets.US_ASCII));
    write(StandardCharsets.US_ASCII.encode("\0AUTH EXTERNAL " + hex + "\r\n"));
    String answer = line();
    if (!answer.matches("OK [0-9a-f]{32}")) {
      throw new MalformedMessageException("the bus does not accept uid " + name);
    }
    write(StandardCharsets.US_ASCII.encode("BEGIN\r\n"));
  }

  /// Sends a message.
  ///
  /// @return its number
  long send(int kind, Map<Integer, Object> header, List<Argument> arguments) throws IOException {
    serial++;
    write(MessageWriter.message(kind, serial, header, arguments));
    return serial;
  }

  /// The next message, of whatever kind.
  BusMessage receive() throws IOException {
    Shape shape = MessageReader.shape(read(MessageReader.FIXED));
    byte[] header = read(shape.padded());
    var body = new MessageBody(read(shape.body()), shape.order());
    return new BusMessage(shape.kind(), shape.serial(), MessageReader.header(header, shape), body);
  }

  /// One byte at a time, so that nothing behind the line is swallowed; it is said once.
  private String line() throws IOException {
    var line = new StringBuilder();
    while (line.indexOf("\r\n") < 0) {
      if (line.length() == LONGEST_LINE) {
        throw new MalformedMessageException("a line of the bus that does not end");
      }
      line.append((char) Byte.toUnsignedInt(read(1)[0]));
    }
    return line.substring(0, line.length() - 2);
  }

  private byte[] read(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the bus closed the connection");
      }
    }
    return bytes.array();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      var _ = channel.write(bytes);
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing on it counts any more.
    }
  }
}

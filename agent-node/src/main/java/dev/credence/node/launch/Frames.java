package dev.credence.node.launch;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/// Messages on the launch socket: four bytes of length, then the message.
final class Frames {
  /// Longest message, in bytes.
  static final int LONGEST = 256 * 1024;

  private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);

  private Frames() {}

  /// Reads one. Files that come with it are added to the list also if this fails.
  ///
  /// @throws IOException if it is too long, malformed, or does not come in time
  static <M> M read(LocalSocket socket, Parser<M> parser, List<OpenFile> files, long until)
      throws IOException {
    int length = ByteBuffer.wrap(socket.receiveFully(4, files, until)).getInt();
    if (length < 0 || length > LONGEST) {
      throw new IOException(
          "message of "
              + Integer.toUnsignedString(length)
              + " bytes (expected: at most "
              + LONGEST
              + ")");
    }
    byte[] bytes = length == 0 ? new byte[0] : socket.receiveFully(length, files, until);
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("a message is malformed: " + e.getMessage(), e);
    }
  }

  /// Sends one.
  static void write(LocalSocket socket, MessageLite message, List<OpenFile> files)
      throws IOException {
    byte[] bytes = message.toByteArray();
    byte[] framed = ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
    socket.send(framed, files, TAKEN_WITHIN);
  }
}

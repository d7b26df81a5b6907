package dev.credence.cli.run;

import com.google.protobuf.MessageLite;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.proto.launch.v1.LaunchEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/// Messages on the launch socket: four bytes of length, then the message.
final class Frames {
  private static final int LONGEST = 256 * 1024;
  private static final Duration TAKEN_WITHIN = Duration.ofSeconds(30);

  private Frames() {}

  static LaunchEvent read(LocalSocket socket, List<OpenFile> files) throws IOException {
    int length = ByteBuffer.wrap(socket.receiveFully(4, files, Long.MAX_VALUE)).getInt();
    if (length < 1 || length > LONGEST) {
      throw new IOException("message of " + Integer.toUnsignedString(length) + " bytes");
    }
    return LaunchEvent.parseFrom(socket.receiveFully(length, files, Long.MAX_VALUE));
  }

  static void write(LocalSocket socket, MessageLite message, List<OpenFile> files)
      throws IOException {
    byte[] bytes = message.toByteArray();
    if (bytes.length > LONGEST) {
      throw new IOException(
          "the command and its variables are "
              + bytes.length
              + " bytes (expected: at most "
              + LONGEST
              + ")");
    }
    socket.send(
        ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array(),
        files,
        TAKEN_WITHIN);
  }
}

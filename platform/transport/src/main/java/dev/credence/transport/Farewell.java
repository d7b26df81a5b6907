package dev.credence.transport;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The only thing that is said on a connection that will not be served: HTTP/2 with an empty
/// SETTINGS and a GOAWAY, code ENHANCE_YOUR_CALM, which gRPC clients show as RESOURCE_EXHAUSTED
/// together with the text (RFC 9113, sections 3.4 and 6.8). It is written without waiting, and
/// without any of the objects that a connection has.
final class Farewell {
  private static final byte SETTINGS = 4;
  private static final byte GOAWAY = 7;
  private static final int HEADER = 9;
  private static final int CODES = 8;
  private static final int ENHANCE_YOUR_CALM = 0xb;

  private Farewell() {}

  /// The two frames.
  static ByteBuffer of(String why) {
    byte[] text = why.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frames = ByteBuffer.allocateDirect(2 * HEADER + CODES + text.length);
    header(frames, 0, SETTINGS);
    header(frames, CODES + text.length, GOAWAY);
    frames.putInt(0).putInt(ENHANCE_YOUR_CALM).put(text);
    return frames.flip();
  }

  /// Length, type, no flags, stream 0.
  private static void header(ByteBuffer frames, int length, byte type) {
    frames.putShort((short) (length >>> 8)).put((byte) length).put(type).put((byte) 0).putInt(0);
  }

  /// A new socket has room for it. If it has not, or the caller is gone, nothing is said.
  static void say(FileDescriptor socket, String why) {
    ByteBuffer frames = of(why);
    try {
      var _ = socket.write(frames, 0, frames.limit());
    } catch (IOException e) {
      // It is closed next, which says enough.
      return;
    }
  }
}

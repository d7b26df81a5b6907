import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The Workload API by hand, as far as it takes to learn one's own name. A real agent uses a SPIFFE library. */
final class Workload {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private Workload() {}

  /** The node gives this process no identity. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** The name of this process: field 1 of the first X.509-SVID in the answer. */
  static String spiffeId(String endpoint) throws IOException, Refused {
    var address = UnixDomainSocketAddress.of(endpoint.replaceFirst("^unix://", ""));
    try (var node = SocketChannel.open(address)) {
      send(node, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      send(node, frame(SETTINGS, 0, 0, new byte[0]));
      send(node, frame(HEADERS, END_HEADERS, 1, headers()));
      send(node, frame(DATA, END_STREAM, 1, new byte[5]));
      var answer = ByteBuffer.wrap(firstMessage(node));
      answer.get();
      varint(answer);
      answer.get();
      var id = new byte[varint(answer)];
      answer.get(id);
      return new String(id, StandardCharsets.UTF_8);
    }
  }

  private static byte[] firstMessage(SocketChannel node) throws IOException, Refused {
    var in = new DataInputStream(Channels.newInputStream(node));
    var message = new byte[0];
    try {
      while (true) {
        int head = in.readInt();
        int flags = in.readUnsignedByte();
        in.readInt();
        var payload = in.readNBytes(head >>> 8);
        int kind = head & 0xff;
        if (kind == DATA) {
          int before = message.length;
          message = Arrays.copyOf(message, before + payload.length);
          System.arraycopy(payload, 0, message, before, payload.length);
          if (message.length >= 5 && message.length >= 5 + ByteBuffer.wrap(message, 1, 4).getInt()) {
            return Arrays.copyOfRange(message, 5, message.length);
          }
        } else if (kind == SETTINGS && (flags & ACK) == 0) {
          send(node, frame(SETTINGS, ACK, 0, new byte[0]));
        } else if (kind == RST_STREAM || kind == GOAWAY || (kind == HEADERS && (flags & END_STREAM) != 0)) {
          throw new Refused("the node knows no agent like this process (credence explain says why)");
        }
      }
    } catch (EOFException e) {
      throw new Refused("the node closed the connection");
    }
  }

  private static byte[] headers() {
    var out = ByteBuffer.allocate(512).put((byte) 0x83).put((byte) 0x86);
    field(out, ":path", "/SpiffeWorkloadAPI/FetchX509SVID");
    field(out, ":authority", "localhost");
    field(out, "te", "trailers");
    field(out, "content-type", "application/grpc");
    field(out, "workload.spiffe.io", "true");
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void field(ByteBuffer out, String name, String value) {
    out.put((byte) 0).put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII));
    out.put((byte) value.length()).put(value.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] frame(int kind, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | kind)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  private static void send(SocketChannel node, byte[] bytes) throws IOException {
    var rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      node.write(rest);
    }
  }

  private static int varint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}

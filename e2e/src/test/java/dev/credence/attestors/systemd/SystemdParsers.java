package dev.credence.attestors.systemd;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The parser of what comes over a bus, for tests that fire at it.
public final class SystemdParsers {
  private static final String NAME = "org.freedesktop.systemd1";

  private SystemdParsers() {}

  /// A whole message: its fixed part, its header, and a body of one value of a plain type.
  public static void message(byte[] message) throws IOException {
    if (message.length < MessageReader.FIXED) {
      throw new MalformedMessageException("half a message");
    }
    var shape = MessageReader.shape(Arrays.copyOf(message, MessageReader.FIXED));
    int body = MessageReader.FIXED + shape.padded();
    if (body + shape.body() != message.length) {
      throw new MalformedMessageException("half a message, or more than one");
    }
    var header =
        MessageReader.header(Arrays.copyOfRange(message, MessageReader.FIXED, body), shape);
    var received =
        new BusMessage(
            shape.kind(),
            shape.serial(),
            header,
            new MessageBody(Arrays.copyOfRange(message, body, message.length), shape.order()));
    read(received, shape.order());
  }

  /// As the answers to the questions that are asked.
  private static void read(BusMessage message, ByteOrder order) throws IOException {
    var reader = new MessageReader(message.body().bytes(), order);
    if (message.kind() == BusMessage.ERROR) {
      if (message.text(BusMessage.ERROR_NAME).indexOf('\0') >= 0) {
        throw new AssertionError("a zero in a name");
      }
      return;
    }
    String type = reader.signature();
    if (type.length() != 1) {
      throw new MalformedMessageException("a value of a compound type");
    }
    if (reader.value(type.charAt(0)) instanceof Long number && number < 0) {
      throw new AssertionError("a negative number");
    }
    reader.requireEnd();
  }

  /// Good ones.
  public static List<byte[]> messages() {
    return List.of(
        reply(new MessageWriter.Argument("vs", "invoice-bot.service")),
        reply(new MessageWriter.Argument("vu", 4242L)),
        bytes(
            BusMessage.ERROR,
            Map.of(
                BusMessage.ERROR_NAME,
                NAME + ".NoUnitForPID",
                BusMessage.REPLY_SERIAL,
                3L,
                BusMessage.SENDER,
                ":1.7"),
            List.of(MessageWriter.Argument.text("no"))));
  }

  private static byte[] reply(MessageWriter.Argument argument) {
    return bytes(
        BusMessage.REPLY,
        Map.of(BusMessage.REPLY_SERIAL, 3L, BusMessage.SENDER, ":1.7"),
        List.of(argument));
  }

  private static byte[] bytes(
      int kind, Map<Integer, Object> header, List<MessageWriter.Argument> arguments) {
    var buffer = MessageWriter.message(kind, 7, header, arguments);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}

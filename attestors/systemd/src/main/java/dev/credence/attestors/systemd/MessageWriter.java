package dev.credence.attestors.systemd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes messages in the marshalling format of D-Bus, with arguments of plain types. For one
/// thread.
final class MessageWriter {
  private static final int LONGEST = 1 << 16;

  private final ByteBuffer bytes = ByteBuffer.allocate(LONGEST).order(ByteOrder.LITTLE_ENDIAN);

  private MessageWriter() {}

  /// An argument.
  ///
  /// @param type one letter, or `v` and a letter
  record Argument(String type, Object value) {
    static Argument text(String value) {
      return new Argument("s", value);
    }

    static Argument number(long value) {
      return new Argument("u", value);
    }
  }

  /// The whole message.
  ///
  /// @param header without the signature
  static ByteBuffer message(
      int kind, long serial, Map<Integer, Object> header, List<Argument> arguments) {
    var writer = new MessageWriter();
    writer.bytes.put((byte) 'l').put((byte) kind).put((byte) 0).put((byte) 1);
    writer.bytes.putInt(0).putInt((int) serial).putInt(0);
    var fields = new TreeMap<>(header);
    var types = new StringBuilder();
    arguments.forEach(argument -> types.append(argument.type().charAt(0)));
    if (!arguments.isEmpty()) {
      fields.put(BusMessage.SIGNATURE, types.toString());
    }
    fields.forEach(writer::field);
    int end = writer.bytes.position();
    writer.align(8);
    int body = writer.bytes.position();
    arguments.forEach(writer::argument);
    writer.bytes.putInt(4, writer.bytes.position() - body);
    writer.bytes.putInt(12, end - MessageReader.FIXED);
    return writer.bytes.flip();
  }

  private void field(int code, Object value) {
    align(8);
    bytes.put((byte) code);
    String type =
        switch (code) {
          case BusMessage.PATH -> "o";
          case BusMessage.SIGNATURE -> "g";
          case BusMessage.REPLY_SERIAL -> "u";
          default -> "s";
        };
    signature(type);
    value(type, value);
  }

  private void argument(Argument argument) {
    String type = argument.type();
    if (type.startsWith("v")) {
      signature(type.substring(1));
      value(type.substring(1), argument.value());
    } else {
      value(type, argument.value());
    }
  }

  private void value(String type, Object value) {
    if (type.equals("g")) {
      signature((String) value);
    } else if (value instanceof Long number) {
      align(4);
      bytes.putInt(number.intValue());
    } else {
      byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
      align(4);
      bytes.putInt(text.length).put(text).put((byte) 0);
    }
  }

  private void signature(String types) {
    bytes.put((byte) types.length()).put(types.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
  }

  private void align(int to) {
    while (bytes.position() % to != 0) {
      bytes.put((byte) 0);
    }
  }
}

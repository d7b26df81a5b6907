package dev.credence.attestors.systemd;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Reads the marshalling format of D-Bus (D-Bus Specification, "Marshaling"), strictly: padding is
/// zero, texts are UTF-8 without zeros, lengths are within what is there. For one thread.
final class MessageReader {
  /// The part of a message whose length is fixed.
  static final int FIXED = 16;

  /// Longest header fields and longest body that are read at all.
  static final int LONGEST_FIELDS = 8192;

  static final int LONGEST_BODY = 1 << 16;

  private final ByteBuffer bytes;

  MessageReader(byte[] bytes, ByteOrder order) {
    this.bytes = ByteBuffer.wrap(bytes).order(order);
  }

  /// How long a message is, and in which order its bytes are.
  ///
  /// @param fields length of the header fields
  /// @param padded the same, up to where the body begins
  record Shape(ByteOrder order, int kind, long serial, int fields, int padded, int body) {}

  /// Reads the fixed part.
  static Shape shape(byte[] fixed) throws MalformedMessageException {
    ByteOrder order =
        switch (fixed[0]) {
          case 'l' -> ByteOrder.LITTLE_ENDIAN;
          case 'B' -> ByteOrder.BIG_ENDIAN;
          default -> throw new MalformedMessageException("a message of unknown byte order");
        };
    ByteBuffer read = ByteBuffer.wrap(fixed).order(order);
    int kind = read.get(1);
    long body = Integer.toUnsignedLong(read.getInt(4));
    long serial = Integer.toUnsignedLong(read.getInt(8));
    long fields = Integer.toUnsignedLong(read.getInt(12));
    if (read.get(3) != 1 || kind < 1 || serial == 0) {
      throw new MalformedMessageException("a message of another version or kind");
    }
    if (fields > LONGEST_FIELDS || body > LONGEST_BODY) {
      throw new MalformedMessageException("a message that is longer than any expected one");
    }
    int length = (int) fields;
    return new Shape(order, kind, serial, length, (length + 7) & ~7, (int) body);
  }

  /// Reads header fields, all of which are of plain types in messages that are meant for us.
  static Map<Integer, Object> header(byte[] padded, Shape shape) throws MalformedMessageException {
    // They begin 16 bytes into the message, which is a multiple of every alignment.
    var reader = new MessageReader(padded, shape.order());
    var fields = new HashMap<Integer, Object>();
    while (reader.bytes.position() < shape.fields()) {
      reader.align(8);
      int code = Byte.toUnsignedInt(reader.octet());
      String type = reader.signature();
      if (type.length() != 1 || fields.put(code, reader.value(type.charAt(0))) != null) {
        throw new MalformedMessageException("a header field twice, or of a compound type");
      }
    }
    if (reader.bytes.position() != shape.fields()) {
      throw new MalformedMessageException("header fields that are longer than they say");
    }
    reader.align(8);
    reader.requireEnd();
    return fields;
  }

  /// One value of a plain type: String or Long.
  Object value(char type) throws MalformedMessageException {
    return switch (type) {
      case 's', 'o' -> text(length());
      case 'g' -> signature();
      case 'u' -> Integer.toUnsignedLong(number());
      default -> throw new MalformedMessageException("a value of a type that was not asked for");
    };
  }

  String signature() throws MalformedMessageException {
    return text(Byte.toUnsignedInt(octet()));
  }

  void requireEnd() throws MalformedMessageException {
    if (bytes.hasRemaining()) {
      throw new MalformedMessageException("more arguments than expected");
    }
  }

  private int length() throws MalformedMessageException {
    long length = Integer.toUnsignedLong(number());
    if (length >= bytes.remaining()) {
      throw new MalformedMessageException("a text that is longer than its message");
    }
    return (int) length;
  }

  private String text(int length) throws MalformedMessageException {
    try {
      ByteBuffer part = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      String text = StandardCharsets.UTF_8.newDecoder().decode(part).toString();
      if (bytes.get() != 0 || text.indexOf('\0') >= 0) {
        throw new MalformedMessageException("a text that does not end where it says");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("a text that is not UTF-8", e);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new MalformedMessageException("half a message", e);
    }
  }

  private int number() throws MalformedMessageException {
    align(4);
    try {
      return bytes.getInt();
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException("half a message", e);
    }
  }

  private byte octet() throws MalformedMessageException {
    try {
      return bytes.get();
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException("half a message", e);
    }
  }

  private void align(int to) throws MalformedMessageException {
    while (bytes.position() % to != 0) {
      if (octet() != 0) {
        throw new MalformedMessageException("padding that is not zero");
      }
    }
  }
}

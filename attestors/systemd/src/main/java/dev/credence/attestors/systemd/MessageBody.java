package dev.credence.attestors.systemd;

import java.nio.ByteOrder;
import java.util.Arrays;

/// The arguments of a message, as they came. Immutable.
final class MessageBody {
  private final byte[] bytes;
  private final ByteOrder order;

  MessageBody(byte[] bytes, ByteOrder order) {
    this.bytes = bytes.clone();
    this.order = order;
  }

  /// Reads one argument, which must be the only one.
  ///
  /// @param type one letter: `s`, `o`, `u`; or `v` and the letter of what must be in the variant
  Object only(String type) throws MalformedMessageException {
    var reader = new MessageReader(bytes, order);
    Object value;
    if (type.startsWith("v")) {
      String inner = reader.signature();
      if (!inner.equals(type.substring(1))) {
        throw new MalformedMessageException("a variant of another type than " + type.charAt(1));
      }
      value = reader.value(inner.charAt(0));
    } else {
      value = reader.value(type.charAt(0));
    }
    reader.requireEnd();
    return value;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, bytes.length);
  }
}

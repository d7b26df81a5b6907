package dev.credence.server.store;

import dev.credence.certs.Printable;
import java.nio.ByteBuffer;
import java.util.Base64;

/// Where a list goes on: the place of the last row in the order of creation. Opaque to callers; 14
/// characters.
///
/// @param list which list it is of, so that a token of another one is refused
record PageToken(byte list, long seq) {
  private static final byte VERSION = 1;
  private static final int BYTES = 10;
  private static final int CHARACTERS = 14;

  static PageToken parse(byte list, String text) {
    if (text.length() == CHARACTERS) {
      try {
        PageToken token = read(Base64.getUrlDecoder().decode(text));
        if (token.list == list && token.seq > 0 && token.toString().equals(text)) {
          return token;
        }
      } catch (IllegalArgumentException e) {
        throw wrong(text, e);
      }
    }
    throw wrong(text, null);
  }

  private static PageToken read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length != BYTES || buffer.get() != VERSION) {
      throw new IllegalArgumentException("page token of another version");
    }
    return new PageToken(buffer.get(), buffer.getLong());
  }

  private static IllegalArgumentException wrong(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "page token: "
            + Printable.quoted(text)
            + " (expected: the one that came with the page before)",
        cause);
  }

  @Override
  public String toString() {
    byte[] bytes = ByteBuffer.allocate(BYTES).put(VERSION).put(list).putLong(seq).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}

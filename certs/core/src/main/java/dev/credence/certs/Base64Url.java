package dev.credence.certs;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Base64url without padding (RFC 7515, section 2), one text per content. Stateless. */
final class Base64Url {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private Base64Url() {}

  static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String encode(String utf8) {
    return encode(utf8.getBytes(StandardCharsets.UTF_8));
  }

  /** Empty if it is not what {@link #encode} would write: padding, white space, spare bits. */
  static Optional<byte[]> decode(String text) {
    try {
      return isExact(text) ? Optional.of(Base64.getUrlDecoder().decode(text)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** No padding, and no bits beyond the last byte: both the decoder would overlook. */
  private static boolean isExact(String text) {
    int beyond = text.length() % 4;
    if (beyond == 0) {
      return text.indexOf('=') < 0;
    }
    int last = ALPHABET.indexOf(text.charAt(text.length() - 1));
    // Two characters are 8 bits and 4 more, three are 16 and 2 more.
    int spare = beyond == 2 ? 0xf : 0x3;
    return beyond != 1 && last >= 0 && (last & spare) == 0 && text.indexOf('=') < 0;
  }

  /** A non-negative number in bytes, big-endian. */
  static Optional<BigInteger> number(String text) {
    return decode(text).filter(bytes -> bytes.length > 0).map(bytes -> new BigInteger(1, bytes));
  }
}

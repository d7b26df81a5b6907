package dev.credence.certs;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Base64url without padding (RFC 7515, section 2), one text per content. Stateless. */
final class Base64Url {
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
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A non-negative number in bytes, big-endian. */
  static Optional<BigInteger> number(String text) {
    return decode(text).filter(bytes -> bytes.length > 0).map(bytes -> new BigInteger(1, bytes));
  }
}

package dev.credence.certs;

import java.math.BigInteger;

/** Non-negative numbers as big-endian bytes of a fixed length. Stateless. */
final class Unsigned {
  private Unsigned() {}

  static byte[] bytes(BigInteger value, int length) {
    byte[] signed = value.toByteArray();
    byte[] bytes = new byte[length];
    int skip = Math.max(0, signed.length - length);
    System.arraycopy(signed, skip, bytes, length - (signed.length - skip), signed.length - skip);
    return bytes;
  }
}

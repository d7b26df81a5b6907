package dev.credence.certs;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** Writes DER elements (X.690, section 10). Stateless. */
final class Der {
  private Der() {}

  /** One element: tag, length, the concatenated parts. */
  static byte[] element(int tag, byte[]... parts) {
    byte[] content = concatenated(parts);
    var out = new ByteArrayOutputStream(content.length + 4);
    out.write(tag);
    writeLength(out, content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return element(DerReader.SEQUENCE, parts);
  }

  static byte[] integer(int value) {
    return element(DerReader.INTEGER, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] enumerated(int value) {
    return element(DerReader.ENUMERATED, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] octets(byte[] content) {
    return element(DerReader.OCTET_STRING, content);
  }

  /** A BIT STRING of whole bytes. */
  static byte[] bits(byte[] content) {
    return element(DerReader.BIT_STRING, new byte[] {0}, content);
  }

  /** An OBJECT IDENTIFIER from its encoded content. */
  static byte[] oid(byte[] encoded) {
    return element(DerReader.OBJECT_IDENTIFIER, encoded);
  }

  static byte[] concatenated(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
      return;
    }
    byte[] digits = BigInteger.valueOf(length).toByteArray();
    int skip = digits[0] == 0 ? 1 : 0;
    out.write(0x80 | (digits.length - skip));
    out.write(digits, skip, digits.length - skip);
  }
}

package dev.credence.certs;

import java.util.Arrays;

/**
 * Reads DER (X.690, section 10) from a byte array, strictly: one-byte tags, definite and minimal
 * lengths, nothing read beyond the given range. Confined to one thread.
 */
public final class DerReader {
  /** The tag of BOOLEAN. */
  public static final int BOOLEAN = 0x01;

  /** The tag of INTEGER. */
  public static final int INTEGER = 0x02;

  /** The tag of BIT STRING, whose content begins with a count of unused bits. */
  public static final int BIT_STRING = 0x03;

  /** The tag of OCTET STRING. */
  public static final int OCTET_STRING = 0x04;

  /** The tag of OBJECT IDENTIFIER. */
  public static final int OBJECT_IDENTIFIER = 0x06;

  static final int ENUMERATED = 0x0a;

  /** The tag of SEQUENCE. */
  public static final int SEQUENCE = 0x30;

  /** The tag of SET. */
  public static final int SET = 0x31;

  /** The tag of UTF8String. */
  public static final int UTF8_STRING = 0x0c;

  private final byte[] bytes;
  private final int limit;
  private int position;

  /** A reader of all of these bytes, which must not change while it reads. */
  public DerReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private DerReader(byte[] bytes, int position, int limit) {
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
  }

  /** Whether anything is left. */
  public boolean hasMore() {
    return position < limit;
  }

  /** Whether the next element has this tag; false at the end. */
  public boolean nextIs(int tag) {
    return hasMore() && (bytes[position] & 0xff) == tag;
  }

  /** Refuses anything that is left. */
  public void end(String what) throws DerException {
    if (hasMore()) {
      throw new DerException(what + ": " + (limit - position) + " trailing bytes (expected: none)");
    }
  }

  /** The content of the next element, which must have this tag. */
  public byte[] content(int tag, String what) throws DerException {
    DerReader inner = enter(tag, what);
    return Arrays.copyOfRange(bytes, inner.position, inner.limit);
  }

  /** The content of the next element, of exactly this length. */
  byte[] content(int tag, int length, String what) throws DerException {
    byte[] content = content(tag, what);
    if (content.length != length) {
      throw new DerException(what + ": " + content.length + " bytes (expected: " + length + ")");
    }
    return content;
  }

  /** The whole next element, tag and length included. */
  public byte[] element(int tag, String what) throws DerException {
    int start = position;
    DerReader inner = enter(tag, what);
    return Arrays.copyOfRange(bytes, start, inner.limit);
  }

  /** A small non-negative INTEGER or ENUMERATED, minimally encoded, at most {@code max}. */
  int smallNumber(int tag, int max, String what) throws DerException {
    byte[] content = content(tag, what);
    boolean minimal = content.length == 1 || (content.length == 2 && content[0] == 0);
    if (!minimal || (content.length == 1) == (content[content.length - 1] < 0)) {
      throw new DerException(what + ": not a minimally encoded number from 0 to " + max);
    }
    int value = content[content.length - 1] & 0xff;
    if (value > max) {
      throw new DerException(what + ": " + value + " (expected: 0 to " + max + ")");
    }
    return value;
  }

  /** A reader of the content of the next element, which must have this tag; moves behind it. */
  public DerReader enter(int tag, String what) throws DerException {
    if (!hasMore()) {
      throw new DerException(what + ": missing");
    }
    int found = bytes[position] & 0xff;
    if (found != tag) {
      throw new DerException(
          what
              + ": tag 0x"
              + Integer.toHexString(found)
              + " (expected: 0x"
              + Integer.toHexString(tag)
              + ")");
    }
    position++;
    int length = length(what);
    if (length > limit - position) {
      throw new DerException(
          what
              + ": length "
              + length
              + " (expected: at most the "
              + (limit - position)
              + " bytes left)");
    }
    var inner = new DerReader(bytes, position, position + length);
    position += length;
    return inner;
  }

  private int length(String what) throws DerException {
    int first = nextByte(what);
    if (first < 0x80) {
      return first;
    }
    int count = first & 0x7f;
    // Indefinite is 0; more than 3 bytes is beyond every limit here.
    if (count == 0 || count > 3) {
      throw new DerException(what + ": length of " + count + " bytes (expected: 1 to 3)");
    }
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = (length << 8) | nextByte(what);
    }
    if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
      throw new DerException(what + ": length not minimally encoded");
    }
    return length;
  }

  private int nextByte(String what) throws DerException {
    if (!hasMore()) {
      throw new DerException(what + ": ends within a length");
    }
    return bytes[position++] & 0xff;
  }
}

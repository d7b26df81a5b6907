package dev.credence.certs;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;

/**
 * A 128-bit id made by the server; written as 26 characters of lower-case base32 (RFC 4648
 * alphabet, no padding). Exactly one text per id. Immutable; ordered as an unsigned number.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record Id(long high, long low) implements Comparable<Id> {
  private static final int BYTES = 16;
  private static final int TEXT = 26;
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  /** A new random id. */
  public static Id random(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return fromBytes(bytes);
  }

  /**
   * A new id of that moment: 48 bits of milliseconds since 1970, then 80 random ones. Such ids made
   * one after the other lie side by side in a database's index, which then writes one page for many
   * of them instead of one for each. For what there is much of, and whose time is no secret.
   */
  public static Id randomAt(Instant moment, SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    Id id = fromBytes(bytes);
    return new Id(moment.toEpochMilli() << 16 | (id.high & 0xffff), id.low);
  }

  /**
   * Reads 16 bytes, most significant first.
   *
   * @throws IllegalArgumentException if there are not 16
   */
  public static Id fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("id of " + bytes.length + " bytes (expected: 16)");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Id(buffer.getLong(), buffer.getLong());
  }

  /**
   * Reads the 26 characters.
   *
   * @throws IllegalArgumentException if it is not the text of an id; padding bits must be zero
   */
  public static Id parse(String text) {
    if (text.length() != TEXT) {
      throw wrong(text);
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < TEXT; i++) {
      int digit = digit(text.charAt(i));
      // The last character carries 3 bits and 2 of padding.
      boolean last = i == TEXT - 1;
      if (digit < 0 || (last && (digit & 3) != 0)) {
        throw wrong(text);
      }
      int bits = last ? 3 : 5;
      high = (high << bits) | (low >>> (64 - bits));
      low = (low << bits) | (last ? digit >>> 2 : digit);
    }
    return new Id(high, low);
  }

  private static int digit(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "id " + Printable.quoted(text) + " (expected: 26 characters of lower-case base32)");
  }

  /** The 16 bytes, most significant first. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  @Override
  public int compareTo(Id other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** The 26 characters. */
  @Override
  public String toString() {
    char[] text = new char[TEXT];
    for (int i = 0; i < TEXT; i++) {
      text[i] = ALPHABET.charAt(fiveBitsAt(i * 5));
    }
    return new String(text);
  }

  private int fiveBitsAt(int first) {
    int end = first + 5;
    if (end <= 64) {
      return (int) (high >>> (64 - end)) & 31;
    }
    if (first >= 64) {
      int shift = 128 - end;
      return (int) (shift >= 0 ? low >>> shift : low << -shift) & 31;
    }
    return (int) ((high << (end - 64)) | (low >>> (128 - end))) & 31;
  }
}

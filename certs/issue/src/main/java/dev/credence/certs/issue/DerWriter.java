package dev.credence.certs.issue;

import java.util.Arrays;

/// Writes DER (X.690, section 10) from its end to its beginning: when an element's head is written,
/// its length is known. Confined to one thread.
final class DerWriter {
  private static final int AT_FIRST = 1024;
  private static final int LONGEST = 0xff_ffff;

  private byte[] bytes = new byte[AT_FIRST];
  private int begin = bytes.length;

  /// How much was written: an element whose content comes next ends here.
  int size() {
    return bytes.length - begin;
  }

  /// What is encoded already.
  DerWriter put(byte[] encoded) {
    makeRoom(encoded.length);
    begin -= encoded.length;
    System.arraycopy(encoded, 0, bytes, begin, encoded.length);
    return this;
  }

  /// One byte.
  DerWriter put(int octet) {
    makeRoom(1);
    bytes[--begin] = (byte) octet;
    return this;
  }

  /// Tag and length of everything that was written since.
  ///
  /// @param end what [#size] was before it
  DerWriter head(int tag, int end) {
    int length = size() - end;
    if (length < 0 || length > LONGEST) {
      throw new IllegalStateException(
          "element of " + length + " bytes (expected: at most " + LONGEST + ")");
    }
    if (length < 0x80) {
      return put(length).put(tag);
    }
    int digits = 0;
    for (int rest = length; rest != 0; rest >>>= 8) {
      put(rest);
      digits++;
    }
    return put(0x80 | digits).put(tag);
  }

  /// Everything.
  byte[] bytes() {
    return Arrays.copyOfRange(bytes, begin, bytes.length);
  }

  private void makeRoom(int more) {
    if (more > begin) {
      byte[] larger = new byte[2 * bytes.length + more];
      System.arraycopy(bytes, begin, larger, larger.length - size(), size());
      begin = larger.length - size();
      bytes = larger;
    }
  }
}

package dev.credence.platform.config;

/// Text of unknown origin, made fit for a message: one line, at most 100 characters.
final class Printable {
  private static final int MAX_LENGTH = 100;

  private Printable() {}

  static String of(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(MAX_LENGTH).forEach(c -> append(shown, c));
    return text.codePointCount(0, text.length()) > MAX_LENGTH
        ? shown.append("...").toString()
        : shown.toString();
  }

  private static void append(StringBuilder shown, int c) {
    int type = Character.getType(c);
    boolean invisible =
        Character.isISOControl(c)
            || type == Character.FORMAT
            || type == Character.SURROGATE
            || type == Character.LINE_SEPARATOR
            || type == Character.PARAGRAPH_SEPARATOR;
    if (invisible) {
      shown.append("\\u{").append(Integer.toHexString(c)).append('}');
    } else {
      shown.appendCodePoint(c);
    }
  }
}

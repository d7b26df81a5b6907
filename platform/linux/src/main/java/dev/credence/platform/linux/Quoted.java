package dev.credence.platform.linux;

import java.util.Locale;

/// Makes text that a process controls fit for a message: escaped, and of bounded length.
final class Quoted {
  private static final int LONGEST = 120;

  private Quoted() {}

  static String of(String untrusted) {
    var shown = new StringBuilder("\"");
    untrusted.chars().limit(LONGEST).forEach(c -> append(shown, (char) c));
    return shown.append(untrusted.length() > LONGEST ? "...\"" : "\"").toString();
  }

  private static void append(StringBuilder shown, char c) {
    if (c == '"' || c == '\\') {
      shown.append('\\').append(c);
    } else if (c >= ' ' && c < 0x7f) {
      shown.append(c);
    } else {
      shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
  }
}

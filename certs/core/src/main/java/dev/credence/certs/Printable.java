package dev.credence.certs;

/** Makes untrusted text fit for a message or a log line. Stateless. */
public final class Printable {
  private static final int LONGEST = 80;

  private Printable() {}

  /**
   * The text in double quotes, with everything but printable ASCII escaped and cut after 80
   * characters, so that a hostile value can neither forge a log line nor fill it.
   */
  public static String quoted(String untrusted) {
    var shown = new StringBuilder(untrusted.length() + 2).append('"');
    int end = Math.min(untrusted.length(), LONGEST);
    for (int i = 0; i < end; i++) {
      appendEscaped(shown, untrusted.charAt(i));
    }
    if (untrusted.length() > LONGEST) {
      shown.append("... (").append(untrusted.length()).append(" characters)");
    }
    return shown.append('"').toString();
  }

  private static void appendEscaped(StringBuilder shown, char c) {
    if (c == '"' || c == '\\') {
      shown.append('\\').append(c);
    } else if (c >= 0x20 && c < 0x7f) {
      shown.append(c);
    } else {
      String hex = Integer.toHexString(c);
      shown.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
    }
  }
}

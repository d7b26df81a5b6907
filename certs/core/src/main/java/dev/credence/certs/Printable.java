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
    return quoted(untrusted, LONGEST);
  }

  /**
   * As {@link #quoted(String)}, for what a verified peer says at length.
   *
   * @param longest how many characters are shown, at least 1
   */
  public static String quoted(String untrusted, int longest) {
    int end = Math.min(untrusted.length(), longest);
    var shown = new StringBuilder(end + 2).append('"');
    for (int i = 0; i < end; i++) {
      appendEscaped(shown, untrusted.charAt(i));
    }
    if (untrusted.length() > end) {
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

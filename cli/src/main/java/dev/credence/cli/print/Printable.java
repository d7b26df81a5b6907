package dev.credence.cli.print;

/// Makes text that others wrote fit for a terminal: nothing in it can move the cursor, start a line
/// or fill the screen.
public final class Printable {

  private static final int LONGEST = 2048;

  private Printable() {}

  /// The text on one line: control and other invisible characters as `\\uXXXX`, cut at 2048
  /// characters.
  public static String line(String text) {
    var kept = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    if (kept.chars().noneMatch(Printable::isUnfit)) {
      return kept;
    }
    var fit = new StringBuilder();
    kept.chars().forEach(c -> append(fit, c));
    return fit.toString();
  }

  private static void append(StringBuilder fit, int c) {
    if (isUnfit(c)) {
      fit.append(Text.of("\\u%04x", c));
    } else {
      fit.append((char) c);
    }
  }

  private static boolean isUnfit(int c) {
    var type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}

package dev.credence.cli.declare;

import dev.credence.cli.print.Text;
import java.util.List;
import java.util.regex.Pattern;

/// YAML being written, line by line. A text that might be read as anything else by anyone stands in
/// quotes. Confined to one thread.
final class YamlText {
  // No digit first: elsewhere that may be a number or a date.
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*( [A-Za-z0-9_./@+-]+)*");
  private static final Pattern DURATION = Pattern.compile("([0-9]+(ms|s|m|h|d))+|[0-9]{1,10}");
  private static final List<String> WORDS =
      List.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private final StringBuilder text = new StringBuilder();

  void blank() {
    if (!text.isEmpty()) {
      text.append('\n');
    }
  }

  /// A key whose value follows, deeper.
  void key(int depth, String name) {
    line(depth, quoted(name) + ":");
  }

  void comment(int depth, String words) {
    line(depth, "# " + words);
  }

  /// Nothing if it is empty.
  void value(int depth, String name, String value) {
    if (!value.isEmpty()) {
      line(depth, name + ": " + (isWord(name, value) ? value : quoted(value)));
    }
  }

  private static boolean isWord(String name, String value) {
    return name.equals("jwt") || (isDuration(name) && DURATION.matcher(value).matches());
  }

  private static boolean isDuration(String name) {
    return name.equals("ttl") || name.equals("max-lifetime") || name.equals("duration");
  }

  /// Nothing if there is none.
  void values(int depth, String name, List<String> values) {
    if (!values.isEmpty()) {
      key(depth, name);
      values.forEach(value -> element(depth + 1, value));
    }
  }

  void element(int depth, String value) {
    line(
        depth,
        "- "
            + (DURATION.matcher(value).matches() && !value.startsWith("0")
                ? value
                : quoted(value)));
  }

  /// An element that is a mapping: its first key, whose value follows.
  void item(int depth, String name) {
    line(depth, "- " + name + ":");
  }

  /// An element that is a mapping: its first key.
  void item(int depth, String name, String value) {
    line(depth, "- " + name + ": " + quoted(value));
  }

  private void line(int depth, String content) {
    text.append("  ".repeat(depth)).append(content).append('\n');
  }

  static String quoted(String value) {
    if (PLAIN.matcher(value).matches() && WORDS.stream().noneMatch(value::equalsIgnoreCase)) {
      return value;
    }
    var quoted = new StringBuilder("\"");
    value.codePoints().forEach(c -> append(quoted, c));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int c) {
    if (c == '"' || c == '\\') {
      quoted.append('\\').appendCodePoint(c);
    } else if (c >= ' ' && c < 0x7F) {
      quoted.append((char) c);
    } else if (c <= 0xFFFF && Character.isLetterOrDigit(c)) {
      quoted.append((char) c);
    } else {
      quoted.append(Text.of("\\U%08x", c));
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

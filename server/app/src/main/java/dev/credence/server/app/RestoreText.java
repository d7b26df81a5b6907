package dev.credence.server.app;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a restore prints: names and values, for people or as one JSON object of strings.
final class RestoreText {
  private RestoreText() {}

  static String table(Map<String, String> lines) {
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    return lines.entrySet().stream()
        .map(line ->
            line.getKey() + " ".repeat(width - line.getKey().length() + 2) + line.getValue() + "\n")
        .collect(Collectors.joining());
  }

  static String json(Map<String, String> lines) {
    return lines.entrySet().stream()
        .map(line -> "  " + quoted(line.getKey()) + ": " + quoted(line.getValue()))
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}

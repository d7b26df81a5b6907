package dev.credence.server.store;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/// Reads what [Json] writes. Used once.
final class JsonReader {
  private static final int DEEPEST = 8;

  private final String text;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  Json whole() {
    Json value = value(1);
    if (at != text.length()) {
      throw wrong("the end");
    }
    return value;
  }

  private Json value(int depth) {
    if (depth > DEEPEST) {
      throw wrong("at most " + DEEPEST + " levels");
    }
    return switch (peek()) {
      case '"' -> new Json.Text(string());
      case '[' -> items(depth);
      case '{' -> fields(depth);
      default -> throw wrong("a string, array or object");
    };
  }

  private Json.Items items(int depth) {
    List<Json> values = new ArrayList<>();
    at++;
    if (skip(']')) {
      return new Json.Items(values);
    }
    do {
      values.add(value(depth + 1));
    } while (skip(','));
    require(']');
    return new Json.Items(values);
  }

  private Json.Fields fields(int depth) {
    TreeMap<String, Json> values = new TreeMap<>();
    at++;
    if (skip('}')) {
      return new Json.Fields(values);
    }
    do {
      String name = string();
      require(':');
      if (values.put(name, value(depth + 1)) != null) {
        throw wrong("each field once");
      }
    } while (skip(','));
    require('}');
    return new Json.Fields(values);
  }

  private String string() {
    require('"');
    StringBuilder value = new StringBuilder();
    while (!skip('"')) {
      char c = peek();
      at++;
      if (c < 0x20) {
        throw wrong("control characters escaped");
      }
      value.append(c == '\\' ? escaped() : c);
    }
    return value.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\' -> c;
      case 'u' -> hex();
      default -> throw wrong("\\\", \\\\ or \\u");
    };
  }

  private char hex() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      char c = peek();
      if (!HexFormat.isHexDigit(c)) {
        throw wrong("4 hex digits");
      }
      value = value * 16 + HexFormat.fromHexDigit(c);
      at++;
    }
    return (char) value;
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("more");
    }
    return text.charAt(at);
  }

  private boolean skip(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private void require(char c) {
    if (!skip(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        "stored text, character " + at + " (expected: " + expected + ")");
  }
}

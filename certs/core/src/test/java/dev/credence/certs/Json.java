package dev.credence.certs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Reads the JSON of test vectors and of bundles: maps, lists, strings, longs. For tests only. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** An object; a missing member is an error. */
  record Members(Map<String, Object> all) {
    String text(String name) {
      return (String) value(name);
    }

    Optional<String> optionalText(String name) {
      return Optional.ofNullable((String) all.get(name));
    }

    long number(String name) {
      return (Long) value(name);
    }

    Members object(String name) {
      return (Members) value(name);
    }

    List<Members> objects(String name) {
      return list(name).stream().map(Members.class::cast).toList();
    }

    List<?> list(String name) {
      return (List<?>) value(name);
    }

    boolean has(String name) {
      return all.containsKey(name);
    }

    private Object value(String name) {
      return Objects.requireNonNull(all.get(name), name);
    }
  }

  static Members object(String text) {
    var json = new Json(text);
    Object value = json.value();
    json.space();
    if (json.at != text.length()) {
      throw new AssertionError("JSON: trailing text at " + json.at);
    }
    return (Members) value;
  }

  private Object value() {
    space();
    return switch (text.charAt(at)) {
      case '{' -> members();
      case '[' -> elements();
      case '"' -> string();
      default -> number();
    };
  }

  private Members members() {
    var members = new LinkedHashMap<String, Object>();
    at++;
    while (!closed('}')) {
      space();
      String name = string();
      expect(':');
      if (members.put(name, value()) != null) {
        throw new AssertionError("JSON: " + name + " twice");
      }
    }
    return new Members(members);
  }

  private List<Object> elements() {
    var elements = new ArrayList<Object>();
    at++;
    while (!closed(']')) {
      elements.add(value());
    }
    return elements;
  }

  /** Steps over a comma; true at the closing bracket. */
  private boolean closed(char bracket) {
    space();
    if (text.charAt(at) == bracket) {
      at++;
      return true;
    }
    if (text.charAt(at) == ',') {
      at++;
    }
    return false;
  }

  private String string() {
    expect('"');
    var string = new StringBuilder();
    for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
      string.append(c == '\\' ? escaped() : c);
    }
    return string.toString();
  }

  private char escaped() {
    char c = text.charAt(at++);
    if (c == 'u') {
      at += 4;
      return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }
    return c == 'n' ? '\n' : c;
  }

  private Long number() {
    int start = at;
    while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return Long.valueOf(text.substring(start, at));
  }

  private void expect(char c) {
    space();
    if (text.charAt(at++) != c) {
      throw new AssertionError("JSON: expected " + c + " at " + (at - 1));
    }
  }

  private void space() {
    while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}

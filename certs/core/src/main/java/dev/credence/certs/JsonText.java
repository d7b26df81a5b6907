package dev.credence.certs;

import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Nothing;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JsonValue.Truth;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON of strangers: UTF-8 without errors and without a mark at its begin, no name twice, at
 * most {@value #MAX_DEPTH} deep, numbers of at most {@value #MAX_NUMERAL} characters, nothing
 * around it but white space. The caller bounds the length. One object per text.
 */
final class JsonText {
  static final int MAX_DEPTH = 16;
  static final int MAX_NUMERAL = 40;
  private static final String ESCAPED = "\"\\/bfnrt";
  private static final String MEANT = "\"\\/\b\f\n\r\t";

  private final String text;
  private int at;
  private int depth;

  private JsonText(String text) {
    this.text = text;
  }

  /** Reads an object. */
  static Members members(byte[] utf8) throws JsonException {
    var reader = new JsonText(decoded(utf8));
    reader.space();
    if (reader.peek() != '{') {
      throw reader.wrong("an object");
    }
    Members members = reader.object();
    reader.space();
    if (reader.at != reader.text.length()) {
      throw reader.wrong("nothing after the object");
    }
    return members;
  }

  private static String decoded(byte[] utf8) throws JsonException {
    if (isAscii(utf8)) {
      return new String(utf8, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new JsonException("JSON: not UTF-8");
    }
  }

  private static boolean isAscii(byte[] utf8) {
    for (byte b : utf8) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  static void quote(String value, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u00").append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private JsonValue value() throws JsonException {
    space();
    char c = peek();
    if (c == '{') {
      return object();
    }
    if (c == '[') {
      return array();
    }
    if (c == '"') {
      return new Text(string());
    }
    if (c == '-' || isDigit(c)) {
      return numeral();
    }
    return word();
  }

  private JsonValue word() throws JsonException {
    if (text.startsWith("true", at)) {
      at += 4;
      return new Truth(true);
    }
    if (text.startsWith("false", at)) {
      at += 5;
      return new Truth(false);
    }
    if (text.startsWith("null", at)) {
      at += 4;
      return new Nothing();
    }
    throw wrong("a value");
  }

  private Members object() throws JsonException {
    descend();
    Map<String, JsonValue> members = new LinkedHashMap<>();
    if (!closesAtOnce('}')) {
      do {
        space();
        String name = string();
        space();
        expect(':');
        if (members.put(name, value()) != null) {
          throw new JsonException("JSON: member " + Printable.quoted(name) + " twice");
        }
      } while (goesOn('}'));
    }
    depth--;
    return new Members(members);
  }

  private Elements array() throws JsonException {
    descend();
    List<JsonValue> elements = new ArrayList<>();
    if (!closesAtOnce(']')) {
      do {
        elements.add(value());
      } while (goesOn(']'));
    }
    depth--;
    return new Elements(elements);
  }

  private void descend() throws JsonException {
    at++;
    if (++depth > MAX_DEPTH) {
      throw new JsonException("JSON: deeper than " + MAX_DEPTH);
    }
  }

  private boolean closesAtOnce(char bracket) throws JsonException {
    space();
    if (peek() == bracket) {
      at++;
      return true;
    }
    return false;
  }

  /** True after a comma, false after the closing bracket. */
  private boolean goesOn(char bracket) throws JsonException {
    space();
    char c = peek();
    at++;
    if (c != ',' && c != bracket) {
      at--;
      throw wrong("a comma or " + bracket);
    }
    return c == ',';
  }

  private String string() throws JsonException {
    expect('"');
    int start = at;
    while (at < text.length() && isPlain(text.charAt(at))) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '"') {
      at++;
      return text.substring(start, at - 1);
    }
    var string = new StringBuilder().append(text, start, at);
    char c = next();
    while (c != '"') {
      if (c < 0x20) {
        throw wrong("no control character in a string");
      }
      string.append(c == '\\' ? escaped() : c);
      c = next();
    }
    requirePairs(string);
    return string.toString();
  }

  /** Stands for itself, and is no half of anything. */
  private static boolean isPlain(char c) {
    return c >= 0x20 && c != '"' && c != '\\' && !Character.isSurrogate(c);
  }

  private char escaped() throws JsonException {
    char c = next();
    int known = ESCAPED.indexOf(c);
    if (known >= 0) {
      return MEANT.charAt(known);
    }
    if (c != 'u' || text.length() - at < 4) {
      throw wrong("an escape of JSON");
    }
    int code = 0;
    for (int i = 0; i < 4; i++) {
      char hex = next();
      // ASCII only: Character.digit knows digits of other scripts too.
      int digit = hex < 0x80 ? Character.digit(hex, 16) : -1;
      if (digit < 0) {
        throw wrong("four hexadecimal digits");
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  /** Half of a surrogate pair has no encoding: two programs would read two things. */
  private void requirePairs(CharSequence string) throws JsonException {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < string.length()
              && Character.isLowSurrogate(string.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw wrong("no half of a surrogate pair");
      }
    }
  }

  private Numeral numeral() throws JsonException {
    int start = at;
    skip('-');
    if (!skip('0')) {
      digits();
    }
    if (skip('.')) {
      digits();
    }
    if (skip('e') || skip('E')) {
      if (!skip('+')) {
        skip('-');
      }
      digits();
    }
    if (at - start > MAX_NUMERAL) {
      throw new JsonException("JSON: number longer than " + MAX_NUMERAL + " characters");
    }
    var numeral = new Numeral(text.substring(start, at));
    if (Double.isInfinite(numeral.toDouble())) {
      throw new JsonException("JSON: number beyond what programs agree on");
    }
    return numeral;
  }

  private void digits() throws JsonException {
    if (at == text.length() || !isDigit(text.charAt(at))) {
      throw wrong("a digit");
    }
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  private boolean skip(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void expect(char c) throws JsonException {
    if (peek() != c) {
      throw wrong("the character " + c);
    }
    at++;
  }

  private char next() throws JsonException {
    char c = peek();
    at++;
    return c;
  }

  private char peek() throws JsonException {
    if (at >= text.length()) {
      throw wrong("more");
    }
    return text.charAt(at);
  }

  private void space() {
    while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private JsonException wrong(String expected) {
    return new JsonException("JSON: at character " + at + " (expected: " + expected + ")");
  }
}

package dev.credence.attestors;

import dev.credence.certs.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One attested property, written `type:name:value`. The value may contain colons. Immutable.
///
/// Limits: type 32 bytes, name 64, value 1,024 (UTF-8), none empty, no control characters; type and
/// name are of `[a-z0-9_.-]`, so that nothing in them can be mistaken for a separator.
///
/// @param type kind of attestor, for example `unix`
/// @param name the property, for example `uid`
/// @param value what it was found to be, for example `1000`
public record Selector(String type, String name, String value) implements Comparable<Selector> {
  /// Longest type, in bytes.
  public static final int LONGEST_TYPE = 32;

  /// Longest name, in bytes.
  public static final int LONGEST_NAME = 64;

  /// Longest value, in bytes of UTF-8.
  public static final int LONGEST_VALUE = 1024;

  // A server holds tens of thousands of selectors, of few types and names: one text for each.
  private static final Map<String, String> COMMON =
      Stream.of("unix", "uid", "user", "gid", "group", "path", "sha256")
          .collect(Collectors.toUnmodifiableMap(Function.identity(), Function.identity()));

  /// Checks the limits.
  ///
  /// @throws IllegalArgumentException if a part is empty, too long, or has illegal characters
  public Selector {
    checkWord("type", type, LONGEST_TYPE);
    checkWord("name", name, LONGEST_NAME);
    checkValue(value);
    type = COMMON.getOrDefault(type, type);
    name = COMMON.getOrDefault(name, name);
  }

  /// Reads `type:name:value`. Whether type and name are known is another question: [SelectorTypes].
  ///
  /// @throws IllegalArgumentException if it is something else
  public static Selector parse(String text) {
    int first = text.indexOf(':');
    int second = text.indexOf(':', first + 1);
    if (first < 0 || second < 0) {
      throw new IllegalArgumentException(
          "selector " + Printable.quoted(text) + " (expected: TYPE:NAME:VALUE)");
    }
    return new Selector(
        text.substring(0, first), text.substring(first + 1, second), text.substring(second + 1));
  }

  private static void checkWord(String part, String word, int longest) {
    boolean legal = !word.isEmpty() && word.length() <= longest;
    for (int i = 0; legal && i < word.length(); i++) {
      char c = word.charAt(i);
      legal = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "_.-".indexOf(c) >= 0;
    }
    if (!legal) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "selector %s %s (expected: 1 to %s of [a-z0-9_.-])",
              part,
              Printable.quoted(word),
              longest));
    }
  }

  private static void checkValue(String value) {
    // A char takes one to three bytes, so the length alone settles the extremes without encoding.
    boolean fits =
        !value.isEmpty()
            && value.length() <= LONGEST_VALUE
            && value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_VALUE;
    if (!fits || hasIllegal(value)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "selector value %s (expected: 1 to %s bytes, no control characters)",
              Printable.quoted(value),
              LONGEST_VALUE));
    }
  }

  private static boolean hasIllegal(String value) {
    int c;
    for (int i = 0; i < value.length(); i += Character.charCount(c)) {
      c = value.codePointAt(i);
      if (isIllegal(c)) {
        return true;
      }
    }
    return false;
  }

  /// Besides control characters: halves of surrogate pairs, which have no encoding, and what
  /// reorders text on a screen or breaks its lines.
  private static boolean isIllegal(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /// `type:name`, what [Wanted] goes by.
  public String kind() {
    return type + ":" + name;
  }

  @Override
  public int compareTo(Selector other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return type + ":" + name + ":" + value;
  }
}

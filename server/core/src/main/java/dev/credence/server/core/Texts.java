package dev.credence.server.core;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Bounds for text that callers send. Stateless.
final class Texts {
  private Texts() {}

  /// As [String#format], the same everywhere: numbers do not follow the machine's language.
  @FormatMethod
  static String format(@FormatString String format, @Nullable Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /// The text, or its beginning with a mark that something is missing.
  static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
    return text.substring(0, end) + "...";
  }

  static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// True if a person can read it in one line: no control characters, no lone surrogates.
  static boolean isPrintable(String text) {
    return text.codePoints()
        .noneMatch(c ->
            Character.isISOControl(c)
                || Character.getType(c) == Character.SURROGATE
                || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
  }
}

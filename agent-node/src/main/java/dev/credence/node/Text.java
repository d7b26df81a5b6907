package dev.credence.node;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Messages for people, the same in every locale.
final class Text {
  private Text() {}

  @SuppressWarnings("AnnotateFormatMethod") // its annotation would be one more dependency
  static String of(String format, @Nullable Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

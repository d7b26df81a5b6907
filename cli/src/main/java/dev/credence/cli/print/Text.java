package dev.credence.cli.print;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Text for people and files, in no particular locale: numbers are written the same everywhere.
public final class Text {

  private Text() {}

  /// As [String#format(Locale, String, Object...)] in the root locale.
  @FormatMethod
  public static String of(String format, @Nullable Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

package dev.credence.platform.config;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lengths of time as people write them: `250ms`, `30s`, `10m`, `1h30m`, `7d`.
public final class Durations {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final int MAX_LENGTH = 40;

  private Durations() {}

  /// Positive, or `0s`. IllegalArgumentException with a message for people otherwise.
  public static Duration parse(String text) {
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    int end = 0;
    while (text.length() <= MAX_LENGTH && part.find() && part.start() == end) {
      sum = sum.plus(unit(part.group(2)).multipliedBy(Long.parseLong(part.group(1))));
      end = part.end();
    }
    if (end == 0 || end != text.length()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "duration \"%s\" (expected: a number and ms, s, m, h or d, for example 10m)",
              Printable.of(text)));
    }
    return sum;
  }

  /// Within the range, both ends included.
  public static Key.Parser<Duration> between(Duration least, Duration most) {
    return text -> {
      Duration value = parse(text);
      if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "duration \"%s\" (expected: from %s to %s)",
                Printable.of(text),
                format(least),
                format(most)));
      }
      return value;
    };
  }

  /// The shortest text that {@link #parse} reads back, to the millisecond.
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    append(text, duration.toDaysPart(), "d");
    append(text, duration.toHoursPart(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.toString();
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number != 0) {
      text.append(number).append(unit);
    }
  }

  private static Duration unit(String name) {
    return switch (name) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }
}

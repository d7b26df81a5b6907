package dev.credence.cli;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.Durations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.TypeConversionException;

/// Values from the command line, checked before anything is sent. The server checks again, and
/// decides.
final class Checked {

  private static final String TIMES = "2026-01-31, 2026-01-31T09:30, 2026-01-31T09:30:00Z";

  private Checked() {}

  /// A name of the form that identities use.
  static String name(String what, String text) {
    return refuse(what, text, Name::new, "lower-case letters, digits and inner hyphens, at most 63")
        .value();
  }

  /// A duration such as `10m`.
  static Duration duration(String option, String text) {
    return refuse(option, text, Durations::parse, "a duration like 90s, 10m, 1h30m or 7d");
  }

  static CodeAssurance code(String option, String text) {
    return refuse(
        option, text, CodeAssurance::parse, labels(CodeAssurance.values(), CodeAssurance::label));
  }

  static Isolation isolation(String option, String text) {
    return refuse(option, text, Isolation::parse, labels(Isolation.values(), Isolation::label));
  }

  /// A time: with an offset, or local; a date is its first moment.
  static Instant time(String option, String text, ZoneId zone) {
    return Stream.<Function<String, Instant>>of(
            t -> OffsetDateTime.parse(t).toInstant(),
            t -> LocalDateTime.parse(t).atZone(zone).toInstant(),
            t -> LocalDate.parse(t).atStartOfDay(zone).toInstant())
        .flatMap(form -> parsed(form, text).stream())
        .findFirst()
        .orElseThrow(() -> refused(option, text, TIMES));
  }

  /// A time as above, or how long ago: `10m`.
  static Instant since(String option, String text, Clock clock) {
    try {
      return clock.instant().minus(Durations.parse(text));
    } catch (IllegalArgumentException e) {
      try {
        return time(option, text, clock.getZone());
      } catch (CommandFailure _) {
        throw refused(option, text, TIMES + ", or 10m for ten minutes ago");
      }
    }
  }

  private static Optional<Instant> parsed(Function<String, Instant> form, String text) {
    try {
      return Optional.of(form.apply(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private static <E> String labels(E[] values, Function<E, String> label) {
    return "one of " + String.join(", ", Stream.of(values).map(label).toList());
  }

  private static <T> T refuse(
      String what, String text, Function<String, T> parser, String expected) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw refused(what, text, expected);
    }
  }

  /// A number as an option takes it: digits, perhaps with a minus sign before them. Its range is
  /// the command's to check.
  static <N extends Number> N whole(String text, Function<String, N> parser) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          Text.of("\"%s\" (expected: a whole number, not too large)", Printable.line(text)));
    }
  }

  /// The id of a process.
  static int pid(String option, int number) {
    if (number < 1) {
      throw refused(option, Integer.toString(number), "a process id, at least 1");
    }
    return number;
  }

  static CommandFailure refused(String what, String text, String expected) {
    return CommandFailure.usage(
        Text.of("%s: \"%s\" (expected: %s)", what, Printable.line(text), expected));
  }
}

package dev.credence.cli.declare;

import dev.credence.cli.print.Text;
import dev.credence.platform.config.Durations;
import dev.credence.platform.config.NearestName;
import dev.credence.platform.config.YamlNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// One mapping of a file, read key by key. A key that it does not know, a value of another type, a
/// required key that is missing: noted with line, value and what was expected, and the reading goes
/// on.
final class Section {
  private static final String TIMES =
      "a time like 2026-01-31, 2026-01-31T09:30 (UTC), 2026-01-31T09:30:00+01:00";

  private final Findings findings;
  private final String what;
  private final int line;
  private final Map<String, YamlNode.Field> fields = new HashMap<>();

  private Section(Findings findings, String what, int line) {
    this.findings = findings;
    this.what = what;
    this.line = line;
  }

  /// @param what it is, for messages: "agent finance/bot"
  /// @param place whose keys it may have
  static Section of(Findings findings, String what, String place, YamlNode node) {
    var section = new Section(findings, what, node.line());
    if (node instanceof YamlNode.Mapping mapping) {
      mapping.fields().forEach(field -> section.take(field, DeclarationKey.of(place)));
    } else if (!(node instanceof YamlNode.Scalar scalar && scalar.isNull())) {
      findings.add(
          node.line(), what, Text.of("%s (expected: a mapping of keys to values)", shown(node)));
    }
    return section;
  }

  private void take(YamlNode.Field field, List<String> known) {
    if (known.contains(field.key())) {
      fields.put(field.key(), field);
      return;
    }
    findings.add(
        field.line(),
        what,
        Text.of(
            "unknown key %s%s",
            Findings.quoted(field.key()),
            NearestName.of(field.key(), known)
                .map(near -> Text.of(" (did you mean \"%s\"?)", near))
                .orElse(Text.of(" (expected: one of %s)", String.join(", ", known)))));
  }

  private static String shown(YamlNode node) {
    return switch (node) {
      case YamlNode.Mapping _ -> "a mapping";
      case YamlNode.Sequence _ -> "a list";
      case YamlNode.Scalar scalar -> scalar.isNull() ? "nothing" : Findings.quoted(scalar.text());
    };
  }

  int line() {
    return line;
  }

  String what() {
    return what;
  }

  /// The value of a key; empty if it is not there, or has none.
  Optional<YamlNode.Field> get(String key) {
    return Optional.ofNullable(fields.get(key))
        .filter(field -> !(field.value() instanceof YamlNode.Scalar scalar && scalar.isNull()));
  }

  void require(String key) {
    if (get(key).isEmpty()) {
      var written = fields.get(key);
      findings.add(
          written == null ? line : written.line(), what, Text.of("missing key \"%s\"", key));
    }
  }

  private void wrong(YamlNode.Field field, YamlNode value, String expected) {
    findings.add(
        value.line(), what, Text.of("%s: %s (expected: %s)", field.key(), shown(value), expected));
  }

  /// One line of text; a block's last line break does not count. Empty if it is not there.
  String text(String key) {
    return get(key).flatMap(field -> text(field, field.value(), "text")).orElse("");
  }

  private Optional<String> text(YamlNode.Field field, YamlNode value, String expected) {
    if (value instanceof YamlNode.Scalar scalar && !scalar.isNull()) {
      return Optional.of(scalar.plain() ? scalar.text() : withoutLastBreak(scalar.text()));
    }
    wrong(field, value, expected);
    return Optional.empty();
  }

  private static String withoutLastBreak(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /// Of that form; the parser's IllegalArgumentException says what is wrong.
  <T> Optional<T> parsed(String key, String expected, Function<String, T> parser) {
    return get(key).flatMap(field -> parsed(field, field.value(), expected, parser));
  }

  private <T> Optional<T> parsed(
      YamlNode.Field field, YamlNode value, String expected, Function<String, T> parser) {
    return text(field, value, expected)
        .flatMap(text -> {
          try {
            return Optional.of(parser.apply(text));
          } catch (IllegalArgumentException e) {
            wrong(field, value, expected);
            return Optional.empty();
          }
        });
  }

  /// A list; empty if it is not there.
  List<String> texts(String key) {
    return list(key, "a list of text", text -> text);
  }

  /// A list of values of that form.
  <T> List<T> list(String key, String expected, Function<String, T> parser) {
    List<T> values = new ArrayList<>();
    get(key)
        .ifPresent(field ->
            elements(field, expected)
                .forEach(
                    element -> parsed(field, element, expected, parser).ifPresent(values::add)));
    return values;
  }

  /// The elements of a list, whatever they are.
  List<YamlNode> elements(YamlNode.Field field, String expected) {
    if (field.value() instanceof YamlNode.Sequence sequence) {
      return sequence.elements();
    }
    wrong(field, field.value(), expected);
    return List.of();
  }

  Optional<Boolean> flag(String key) {
    return parsed(
        key,
        "true or false",
        text -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
          }
          return text.equals("true");
        });
  }

  Optional<Duration> duration(String key) {
    return parsed(key, "a duration like 90s, 10m, 1h30m or 7d", Section::duration0);
  }

  private static Duration duration0(String text) {
    var duration = Durations.parse(text);
    if (duration.isZero()) {
      throw new IllegalArgumentException("zero");
    }
    return duration;
  }

  /// A time; without an offset it is UTC, so that a file means the same everywhere.
  Optional<Instant> time(String key) {
    return parsed(key, TIMES, Section::instant);
  }

  private static Instant instant(String text) {
    return Stream.<Function<String, Instant>>of(
            t -> OffsetDateTime.parse(t).toInstant(),
            t -> LocalDateTime.parse(t).toInstant(ZoneOffset.UTC),
            t -> LocalDate.parse(t).atStartOfDay(ZoneOffset.UTC).toInstant())
        .flatMap(form -> parsed(form, text).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(text));
  }

  private static Optional<Instant> parsed(Function<String, Instant> form, String text) {
    try {
      return Optional.of(form.apply(text)).filter(Section::fits);
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  // What a message can carry: the years 1 to 9999.
  private static boolean fits(Instant time) {
    int year = time.atOffset(ZoneOffset.UTC).getYear();
    return year >= 1 && year <= 9999;
  }
}

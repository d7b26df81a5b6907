package dev.credence.cli;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Labels for people as member names: "Valid until" → "validUntil".
final class JsonNames {

  private JsonNames() {}

  static String of(String label) {
    var words = label.toLowerCase(Locale.ROOT).split(" ", -1);
    return IntStream.range(0, words.length)
        .mapToObj(i ->
            i == 0
                ? words[i]
                : words[i].substring(0, 1).toUpperCase(Locale.ROOT) + words[i].substring(1))
        .collect(Collectors.joining());
  }
}

package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.certs.Printable;
import dev.credence.certs.Sha256;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Labels of nodes: what `node:label:KEY:VALUE` selectors are made of. Stateless.
final class Labels {
  private static final int MOST = 32;
  private static final int LONGEST_VALUE = 255;
  // No colon: it separates key and value in the selector.
  private static final Pattern KEY = Pattern.compile("[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?");

  private Labels() {}

  static void check(Map<String, String> labels, Problems problems) {
    if (labels.size() > MOST) {
      problems.add(Texts.format("labels: %d (expected: at most %d)", labels.size(), MOST));
      return;
    }
    labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(label -> check(label.getKey(), label.getValue(), problems));
  }

  private static void check(String key, String value, Problems problems) {
    if (!KEY.matcher(key).matches()) {
      problems.add(
          Texts.format(
              "label key %s (expected: [a-z0-9] and inner ._/-, at most 63 characters)",
              Printable.quoted(key)));
      return;
    }
    int length = Texts.utf8Length(value);
    if (length < 1 || length > LONGEST_VALUE) {
      problems.add(
          Texts.format(
              "label %s: value of %d bytes (expected: 1 to %d)", key, length, LONGEST_VALUE));
      return;
    }
    try {
      var _ = new Selector("node", "label", key + ":" + value);
    } catch (IllegalArgumentException e) {
      problems.add(Texts.format("label %s: %s", key, e.getMessage()));
    }
  }

  /// `KEY=VALUE`, by key.
  static List<String> sorted(Map<String, String> labels) {
    return labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(label -> label.getKey() + "=" + label.getValue())
        .toList();
  }

  /// Enough of a digest to tell tokens apart in events.
  static String shortDigest(Sha256 digest) {
    return digest.toString().substring(0, 16);
  }
}

package dev.credence.server.store;

import dev.credence.attestors.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Lists and maps as JSON texts, sets in order, so that equal values have equal texts.
final class Texts {
  private Texts() {}

  /// The text itself, if every database can hold it and give it back unchanged.
  static String storable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (c == 0 || (Character.isSurrogate(c) && !pair)) {
        throw new IllegalArgumentException(
            "text with code "
                + (int) c
                + " at "
                + i
                + " (expected: no zero character, no half of a surrogate pair)");
      }
      if (pair) {
        i++;
      }
    }
    return text;
  }

  static Json.Items json(Collection<String> texts) {
    return Json.Items.of(texts);
  }

  static String ofTexts(Collection<String> texts) {
    return json(texts).write();
  }

  static List<String> texts(String stored) {
    return texts(Json.parse(stored));
  }

  static List<String> texts(Json stored) {
    if (!(stored instanceof Json.Items items)) {
      throw new IllegalArgumentException("stored list is no array (expected: an array of strings)");
    }
    List<String> texts = new ArrayList<>();
    items.values().forEach(item -> texts.add(text(item)));
    return texts;
  }

  static String text(Json stored) {
    if (!(stored instanceof Json.Text text)) {
      throw new IllegalArgumentException("stored value is no string (expected: a string)");
    }
    return text.value();
  }

  static String ofMap(Map<String, String> map) {
    return Json.ofTexts(map);
  }

  static Map<String, String> map(String stored) {
    if (!(Json.parse(stored) instanceof Json.Fields fields)) {
      throw new IllegalArgumentException(
          "stored map is no object (expected: an object of strings)");
    }
    Map<String, String> map = new TreeMap<>();
    fields.values().forEach((key, value) -> map.put(key, text(value)));
    return map;
  }

  static String ofSelectors(Set<Selector> selectors) {
    return ofTexts(selectors.stream().map(Selector::toString).sorted().toList());
  }

  static Set<Selector> selectors(String stored) {
    return texts(stored).stream().map(Selector::parse).collect(Collectors.toUnmodifiableSet());
  }
}

package dev.credence.server.store;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The part of JSON that columns hold: objects, arrays and strings. Written in one way only (no
/// white space, fields in order of name), and read strictly: what we did not write is not ours.
sealed interface Json {

  record Text(String value) implements Json {}

  record Items(List<Json> values) implements Json {
    public Items {
      values = List.copyOf(values);
    }

    static Items of(Iterable<String> texts) {
      List<Json> all = new java.util.ArrayList<>();
      texts.forEach(text -> all.add(new Text(text)));
      return new Items(all);
    }
  }

  record Fields(SortedMap<String, Json> values) implements Json {
    public Fields {
      values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    static Fields of(Map<String, Json> values) {
      return new Fields(new TreeMap<>(values));
    }
  }

  /// Reads one value that fills the text.
  ///
  /// @throws IllegalArgumentException if it is anything else
  static Json parse(String text) {
    return new JsonReader(text).whole();
  }

  /// An object of strings, as [Fields] would write it.
  static String ofTexts(Map<String, String> texts) {
    StringBuilder out = new StringBuilder(256).append('{');
    String separator = "";
    boolean sorted = texts instanceof SortedMap<?, ?> map && map.comparator() == null;
    Map<String, String> inOrder = sorted ? texts : new TreeMap<>(texts);
    for (Map.Entry<String, String> text : inOrder.entrySet()) {
      out.append(separator);
      quote(text.getKey(), out);
      out.append(':');
      quote(text.getValue(), out);
      separator = ",";
    }
    return out.append('}').toString();
  }

  default String write() {
    StringBuilder out = new StringBuilder();
    write(this, out);
    return out.toString();
  }

  private static void write(Json value, StringBuilder out) {
    switch (value) {
      case Text text -> quote(text.value(), out);
      case Items items -> {
        out.append('[');
        String separator = "";
        for (Json item : items.values()) {
          out.append(separator);
          write(item, out);
          separator = ",";
        }
        out.append(']');
      }
      case Fields fields -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<String, Json> field : fields.values().entrySet()) {
          out.append(separator);
          quote(field.getKey(), out);
          out.append(':');
          write(field.getValue(), out);
          separator = ",";
        }
        out.append('}');
      }
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        // A half of a pair has no UTF-8; written as an escape it comes back as it was.
        out.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}

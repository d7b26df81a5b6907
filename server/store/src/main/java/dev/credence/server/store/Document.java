package dev.credence.server.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A stored JSON object, taken apart field by field; a field that nobody asks for is an error, as
/// is one that is missing: both mean that another program wrote it. Errors are
/// IllegalArgumentExceptions.
final class Document {
  private static final String VERSION = "v";

  private final Map<String, Json> fields;

  private Document(Map<String, Json> fields) {
    this.fields = new TreeMap<>(fields);
  }

  /// A new one, to be filled.
  static Document version(String version) {
    return new Document(Map.of()).put(VERSION, version);
  }

  static Document parse(String stored, String version) {
    Document document = of(Json.parse(stored));
    String found = document.text(VERSION);
    if (!found.equals(version)) {
      throw new IllegalArgumentException(
          "stored document of version " + found + " (expected: " + version + ")");
    }
    return document;
  }

  static Document of(Json stored) {
    if (!(stored instanceof Json.Fields found)) {
      throw new IllegalArgumentException("stored document is no object (expected: an object)");
    }
    return new Document(found.values());
  }

  Document put(String name, Json value) {
    fields.put(name, value);
    return this;
  }

  Document put(String name, String value) {
    return put(name, new Json.Text(value));
  }

  Document put(String name, List<String> values) {
    return put(name, Texts.json(values));
  }

  String write() {
    return Json.Fields.of(fields).write();
  }

  Optional<Json> maybe(String name) {
    return Optional.ofNullable(fields.remove(name));
  }

  String text(String name) {
    return Texts.text(take(name));
  }

  List<String> texts(String name) {
    return Texts.texts(take(name));
  }

  List<Json> items(String name) {
    if (!(take(name) instanceof Json.Items items)) {
      throw new IllegalArgumentException(
          "stored field " + name + " is no array (expected: an array)");
    }
    return items.values();
  }

  void requireAllRead() {
    if (!fields.isEmpty()) {
      throw new IllegalArgumentException("stored document with unknown fields " + fields.keySet());
    }
  }

  private Json take(String name) {
    return maybe(name)
        .orElseThrow(() -> new IllegalArgumentException("stored document without field " + name));
  }
}

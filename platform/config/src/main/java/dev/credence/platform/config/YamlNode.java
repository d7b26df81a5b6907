package dev.credence.platform.config;

import java.util.List;

/// A value of a YAML document, with the line it begins on (from 1). Types of YAML's own play no
/// part: a scalar is its text, and the key that it stands under says what it means.
public sealed interface YamlNode {
  /// From 1.
  int line();

  /// A mapping; no key twice, in the order of the file.
  record Mapping(int line, List<Field> fields) implements YamlNode {
    public Mapping {
      fields = List.copyOf(fields);
    }
  }

  /// One key of a mapping and its value.
  ///
  /// @param line of the key
  record Field(String key, int line, YamlNode value) {}

  /// A list.
  record Sequence(int line, List<YamlNode> elements) implements YamlNode {
    public Sequence {
      elements = List.copyOf(elements);
    }
  }

  /// One value.
  ///
  /// @param plain without quotes
  record Scalar(int line, String text, boolean plain) implements YamlNode {
    /// Nothing was written: `key:`, `~`, `null`.
    public boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }
  }
}

package dev.credence.platform.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Flattens a YAML document to entries with dotted names and line numbers. What is refused beyond
/// that: [YamlFile].
final class YamlTree {
  private static final YamlFile.Bounds BOUNDS = new YamlFile.Bounds(1 << 20, 8, 1, 10_000);

  private final String file;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private YamlTree(String file) {
    this.file = file;
  }

  static YamlTree parse(String file, String text) {
    YamlTree tree = new YamlTree(file);
    YamlFile.Read read = YamlFile.read(file, text, BOUNDS);
    tree.problems.addAll(read.problems());
    read.documents().forEach(tree::top);
    return tree;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  private void top(YamlNode root) {
    if (root instanceof YamlNode.Mapping mapping) {
      mapping(mapping, "");
    } else {
      problem(root.line(), "not a mapping of keys to values");
    }
  }

  private void mapping(YamlNode.Mapping mapping, String prefix) {
    mapping.fields().forEach(field -> entry(prefix + field.key(), field.line(), field.value()));
  }

  private void entry(String name, int line, YamlNode value) {
    // "a.b: 1" and "a: {b: 1}" are the same name.
    if (!names.add(name)) {
      problem(
          line,
          String.format(Locale.ROOT, "key \"%s\" stands here a second time", Printable.of(name)));
      return;
    }
    switch (value) {
      case YamlNode.Mapping nested -> mapping(nested, name + ".");
      case YamlNode.Sequence sequence -> sequence(name, line, sequence);
      case YamlNode.Scalar scalar ->
          entries.add(
              new Entry(name, line, false, scalar.isNull() ? List.of() : List.of(scalar.text())));
    }
  }

  private void sequence(String name, int line, YamlNode.Sequence sequence) {
    List<String> scalars = new ArrayList<>();
    for (YamlNode element : sequence.elements()) {
      if (element instanceof YamlNode.Scalar scalar) {
        scalars.add(scalar.text());
      } else {
        problem(
            element.line(),
            String.format(
                Locale.ROOT,
                "key \"%s\": an element of the list is not a plain value",
                Printable.of(name)));
      }
    }
    entries.add(new Entry(name, line, true, List.copyOf(scalars)));
  }

  private void problem(int line, String text) {
    problems.add(new Problem(line, String.format(Locale.ROOT, "%s:%d: %s", file, line, text)));
  }
}

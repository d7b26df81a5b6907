package dev.credence.platform.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One pass over one document: matches entries with keys and collects every problem.
final class KeyCheck {
  private final String file;
  private final Path folder;
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  KeyCheck(String file, Path folder, Collection<? extends Key<?>> keys) {
    this.file = file;
    this.folder = folder;
    for (Key<?> key : keys) {
      if (this.keys.put(key.name(), key) != null) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "key \"%s\" is declared twice", key.name()));
      }
    }
  }

  ConfigDocument check(String text) throws ConfigException {
    YamlTree tree = YamlTree.parse(file, text);
    problems.addAll(tree.problems());
    tree.entries().forEach(this::entry);
    if (tree.problems().isEmpty()) {
      keys.values().forEach(this::fallback);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(
          problems.stream()
              .sorted(Comparator.comparingInt(Problem::line))
              .map(Problem::text)
              .toList());
    }
    return new ConfigDocument(file, folder, values, lines);
  }

  private void entry(Entry entry) {
    Key<?> key = keys.get(entry.name());
    if (key == null) {
      unknown(entry);
    } else if (entry.list() && !key.list()) {
      lines.put(key.name(), entry.line());
      problem(
          entry.line(), String.format(Locale.ROOT, "%s: a list (expected: one value)", key.name()));
    } else {
      lines.put(key.name(), entry.line());
      if (!entry.scalars().isEmpty() || entry.list()) {
        value(key, entry.scalars(), entry.line());
      }
    }
  }

  private void unknown(Entry entry) {
    String nearest =
        NearestName.of(entry.name(), keys.keySet())
            .map(name -> String.format(Locale.ROOT, " (did you mean \"%s\"?)", name))
            .orElse("");
    problem(
        entry.line(),
        String.format(Locale.ROOT, "unknown key \"%s\"%s", Printable.of(entry.name()), nearest));
  }

  private void fallback(Key<?> key) {
    if (values.containsKey(key.name()) || hasProblem(key)) {
      return;
    }
    if (key.fallback().isPresent()) {
      value(key, key.fallback().get(), 0);
    } else {
      problems.add(
          new Problem(
              Integer.MAX_VALUE,
              String.format(
                  Locale.ROOT, "%s: missing key \"%s\": %s", file, key.name(), key.meaning())));
    }
  }

  private boolean hasProblem(Key<?> key) {
    Integer line = lines.get(key.name());
    return line != null && problems.stream().anyMatch(problem -> problem.line() == line);
  }

  private void value(Key<?> key, List<String> scalars, int line) {
    try {
      values.put(key.name(), key.parser().parse(scalars));
    } catch (IllegalArgumentException e) {
      problem(line, String.format(Locale.ROOT, "%s: %s", key.name(), e.getMessage()));
    }
  }

  private void problem(int line, String text) {
    problems.add(new Problem(line, String.format(Locale.ROOT, "%s:%d: %s", file, line, text)));
  }
}

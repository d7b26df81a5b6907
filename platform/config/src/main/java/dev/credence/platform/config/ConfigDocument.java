package dev.credence.platform.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A file whose keys are all known and whose values all parse. Rules between several keys are
/// checked with {@link #require}, and reported together by {@link #done}. For one thread.
public final class ConfigDocument {
  private final String file;
  private final Path folder;
  private final Map<String, Object> values;
  private final Map<String, Integer> lines;
  private final List<String> problems = new ArrayList<>();

  ConfigDocument(String file, Path folder, Map<String, Object> values, Map<String, Integer> lines) {
    this.file = file;
    this.folder = folder;
    this.values = Map.copyOf(values);
    this.lines = Map.copyOf(lines);
  }

  /// The value of a key that was given to the reader; its default if the file doesn't name it.
  @SuppressWarnings("unchecked") // only the key's own parser made the value
  public <T> T get(Key<T> key) {
    Object value = values.get(key.name());
    if (value == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "key \"%s\" was not given to the reader", key.name()));
    }
    return (T) value;
  }

  /// True if the file itself names the key.
  public boolean names(Key<?> key) {
    return lines.containsKey(key.name());
  }

  /// A path of this file, seen from the file's folder.
  public Path resolve(Path path) {
    return folder.resolve(path).normalize();
  }

  /// Notes a problem at the key's line unless the condition holds.
  public void require(boolean condition, Key<?> key, String problem) {
    if (!condition) {
      Integer line = lines.get(key.name());
      String at = line == null ? file : file + ":" + line;
      problems.add(String.format(Locale.ROOT, "%s: %s: %s", at, key.name(), problem));
    }
  }

  /// Throws if {@link #require} noted anything.
  public void done() throws ConfigException {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }
}

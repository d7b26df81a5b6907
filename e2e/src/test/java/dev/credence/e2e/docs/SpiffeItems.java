package dev.credence.e2e.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the SPIFFE standards demand, item by item, and the tests that carry an item's name. A test
/// carries it if the name stands in what JUnit shows of it, or in a comment above it.
final class SpiffeItems {

  private static final Pattern ITEMS =
      Pattern.compile("\\b([A-Z]{2})-(\\d{2})(?:(?: to |\\.\\.| – )(?:[A-Z]{2}-)?(\\d{2}))?\\b");
  private static final Pattern METHOD =
      Pattern.compile("\\b(?:void|DynamicTest|Stream<[^>]*>)\\s+(\\w+)\\s*\\(");

  private SpiffeItems() {}

  /// One item.
  ///
  /// @param levels M: must, S: should, O: optional, A: our own advice; several with strokes between
  record Item(String id, String levels, String section, String text) {
    boolean isMandatory() {
      return levels.contains("M");
    }
  }

  /// All of them, in order.
  static List<Item> all() throws IOException {
    var items = new ArrayList<Item>();
    try (var stream =
        Objects.requireNonNull(SpiffeItems.class.getResourceAsStream("spiffe-items.tsv"))) {
      for (var line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        var cells = line.split("\t", -1);
        items.add(new Item(cells[0], cells[1], cells[2], cells[3]));
      }
    }
    return items;
  }

  /// The tests of each item: `Class.method`.
  static Map<String, Set<String>> tests() throws IOException {
    var found = new TreeMap<String, Set<String>>();
    try (Stream<Path> files = Files.walk(Documents.root())) {
      files
          .filter(file -> file.toString().contains("/src/test/java/"))
          .filter(file -> file.getFileName().toString().endsWith("Test.java"))
          .forEach(file -> collect(file, found));
    }
    return found;
  }

  private static void collect(Path file, Map<String, Set<String>> found) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var type = file.getFileName().toString().replace(".java", "");
    var items = ITEMS.matcher(text);
    while (items.find()) {
      var method = METHOD.matcher(text);
      // A row of a table of cases belongs to the test that is named next.
      var test = method.find(items.end()) ? type + "." + method.group(1) : type;
      int first = Integer.parseInt(items.group(2));
      int last = items.group(3) == null ? first : Integer.parseInt(items.group(3));
      for (int number = first; number <= last; number++) {
        found
            .computeIfAbsent("%s-%02d".formatted(items.group(1), number), _ -> new TreeSet<>())
            .add(test);
      }
    }
  }
}

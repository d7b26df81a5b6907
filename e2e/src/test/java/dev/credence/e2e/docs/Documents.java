package dev.credence.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/// The project's documents, as text.
final class Documents {

  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)[^\\n]*\\n(.*?)^```");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern FIRST_CELL =
      Pattern.compile("(?m)^\\|\\s*((?:`[^`|]+`(?:,?\\s*)?)+)[^|]*\\|");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private Documents() {}

  /// The project's root folder.
  static Path root() {
    return Path.of(
        Objects.requireNonNull(
            System.getProperty("credence.root"), "system property credence.root"));
  }

  /// One document; a missing one is a failed test that says so.
  static String read(String name) throws IOException {
    var file = root().resolve(name);
    assertThat(file).as("%s is missing: write it, this test keeps it true", name).isRegularFile();
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /// Contents of the fenced blocks whose language is one of `languages`.
  static List<String> fenced(String document, Set<String> languages) {
    var blocks = new ArrayList<String>();
    var matcher = FENCE.matcher(document);
    while (matcher.find()) {
      if (languages.contains(matcher.group(1))) {
        blocks.add(matcher.group(2));
      }
    }
    return blocks;
  }

  /// What stands as code in the first column of the document's tables.
  static Set<String> firstColumn(String document) {
    var words = new LinkedHashSet<String>();
    var rows = FIRST_CELL.matcher(document);
    while (rows.find()) {
      var cell = CODE.matcher(rows.group(1));
      while (cell.find()) {
        words.add(cell.group(1));
      }
    }
    return words;
  }

  /// Every module folder of the build that holds code, relative to the root: "certs/core".
  static List<String> modules() throws IOException {
    var found = new ArrayList<String>();
    collect(root(), "", found);
    return found;
  }

  private static void collect(Path folder, String name, List<String> found) throws IOException {
    var pom = Files.readString(folder.resolve("pom.xml"), StandardCharsets.UTF_8);
    if (!pom.contains("<packaging>pom</packaging>")) {
      found.add(name);
    }
    var matcher = MODULE.matcher(pom);
    while (matcher.find()) {
      var module = matcher.group(1);
      collect(folder.resolve(module), name.isEmpty() ? module : name + "/" + module, found);
    }
  }
}

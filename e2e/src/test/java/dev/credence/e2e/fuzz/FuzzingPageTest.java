package dev.credence.e2e.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/reference/fuzzing.md lists the parsers that there are")
class FuzzingPageTest {

  private static final Pattern PARSER =
      Pattern.compile(
          "(?m)^\\s+(?:public |private )?static [\\w<>,.@ \\[\\]]+? (parse\\w*)\\s*\\(([^)]*)\\)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w-]+)` \\| `([\\w.]+)` \\|");
  private static final Pattern ELSEWHERE = Pattern.compile("(?m)^\\| `(\\w+\\.\\w+)` \\|");

  private static Path root() {
    return Path.of(System.getProperty("credence.root"));
  }

  private static String page() throws IOException {
    return Files.readString(root().resolve("docs/reference/fuzzing.md"));
  }

  @Test
  @DisplayName("a row for each target, with its parser")
  void targets() throws IOException {
    var rows =
        ROW.matcher(page())
            .results()
            .map(row -> row.group(1) + " " + row.group(2))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(rows)
        .isEqualTo(
            Targets.all().stream()
                .map(target -> target.name() + " " + target.parser())
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  @DisplayName(
      "every static method parse...(String or byte[], ...) has a target, or a row that says why not")
  void complete() throws IOException {
    var known = new TreeSet<>(Targets.all().stream().map(Target::parser).toList());
    ELSEWHERE.matcher(page()).results().forEach(row -> known.add(row.group(1)));
    var there = parsers();
    assertThat(there).as("found at all").contains("SpiffeId.parse", "ProcStat.parse");
    var missing = new TreeSet<>(there);
    missing.removeAll(known);
    assertThat(missing)
        .as(
            "parsers without a fuzz target: add one to dev.credence.e2e.fuzz.Targets and a row to docs/reference/fuzzing.md, or a row to its second table that says why none is needed")
        .isEmpty();
  }

  @Test
  @DisplayName("no row of the second table is about something that is gone")
  void nothingStale() throws IOException {
    assertThat(parsers())
        .containsAll(
            ELSEWHERE
                .matcher(page())
                .results()
                .map(row -> row.group(1))
                .filter(name -> name.contains(".parse"))
                .toList());
  }

  private static Set<String> parsers() throws IOException {
    var found = new TreeSet<String>();
    try (Stream<Path> files = Files.walk(root())) {
      files
          .filter(file -> file.toString().contains("/src/main/java/"))
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(file -> collect(file, found));
    }
    return found;
  }

  private static void collect(Path file, Set<String> found) {
    try {
      var type = file.getFileName().toString().replace(".java", "");
      var methods = PARSER.matcher(Files.readString(file));
      while (methods.find()) {
        var parameters = methods.group(2);
        if (parameters.contains("String ") || parameters.contains("byte[] ")) {
          found.add(type + "." + methods.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

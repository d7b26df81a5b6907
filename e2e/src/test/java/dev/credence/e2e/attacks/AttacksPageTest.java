package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/reference/attacks.md is what the attack suite says")
class AttacksPageTest {

  private static final String PAGE = "docs/reference/attacks.md";

  private record Row(String section, Trick trick, String story) {}

  @Test
  @DisplayName("trick, required outcome, story")
  void page() throws Exception {
    var rows = rows();
    var page = page(rows);
    var made = Files.writeString(Path.of("target", "attacks.md"), page);
    assertThat(rows).as("found at all").isNotEmpty();
    assertThat(rows.stream().collect(Collectors.groupingBy(row -> row.trick.name())).values())
        .as("each trick has one story")
        .allMatch(same -> same.size() == 1);
    assertThat(Files.readString(root().resolve(PAGE)))
        .as("%s is made from the stories: copy %s there", PAGE, made.toAbsolutePath())
        .isEqualTo(page);
  }

  private static Path root() {
    return Path.of(System.getProperty("credence.root"));
  }

  private static List<Row> rows() throws IOException, ClassNotFoundException {
    var sources = root().resolve("e2e/src/test/java");
    List<Path> files;
    try (Stream<Path> all = Files.walk(sources)) {
      files = all.filter(file -> file.toString().endsWith("Test.java")).sorted().toList();
    }
    var rows = new java.util.ArrayList<Row>();
    for (var file : files) {
      if (Files.readString(file).contains("@Trick(")) {
        var name = sources.relativize(file).toString().replace('/', '.').replace(".java", "");
        Class<?> story = Class.forName(name, false, AttacksPageTest.class.getClassLoader());
        Stream.of(story.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Trick.class))
            .map(method -> row(story, method))
            .forEach(rows::add);
      }
    }
    return rows;
  }

  private static Row row(Class<?> story, Method method) {
    return new Row(
        story.getAnnotation(DisplayName.class).value(),
        method.getAnnotation(Trick.class),
        story.getSimpleName() + "." + method.getName());
  }

  private static String page(List<Row> rows) {
    var text =
        new StringBuilder(
            """
            # Attacks

            The tricks that are tried against attestation in each build, and what must come of each. Made from the stories of the attack suite (`@Trick` in e2e);
            a test keeps this page true. What remains possible, and what would be needed against it: THREAT-MODEL.md.

            A story runs where the host can do what it needs, and says why it does not run elsewhere. `.ci/run` as root fails if one that the host can run was skipped.
            """);
    Map<String, List<Row>> sections =
        rows.stream()
            .collect(Collectors.groupingBy(Row::section, TreeMap::new, Collectors.toList()));
    sections.forEach((section, some) -> section(text, section, some));
    return text.toString();
  }

  private static void section(StringBuilder text, String section, List<Row> rows) {
    text.append("\n## ")
        .append(section)
        .append("\n\n| trick | must come of it | needs | story |\n|---|---|---|---|\n");
    rows.stream()
        .sorted(Comparator.comparing(row -> row.trick.name()))
        .forEach(row ->
            text.append("| ")
                .append(
                    String.join(
                        " | ",
                        row.trick.name(),
                        row.trick.outcome(),
                        needs(row.trick),
                        "`" + row.story + "`"))
                .append(" |\n"));
  }

  private static String needs(Trick trick) {
    var needs =
        Stream.of(trick.needs()).map(Needs::label).sorted().collect(Collectors.joining(", "));
    return needs.isEmpty() ? "–" : needs;
  }
}

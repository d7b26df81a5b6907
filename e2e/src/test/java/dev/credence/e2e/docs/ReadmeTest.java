package dev.credence.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("README says what is there")
class ReadmeTest {

  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:|mailto:|#)([^)#\\s]+)(?:#[^)]*)?\\)");
  private static final Pattern PATH =
      Pattern.compile("`([a-z][\\w-]*(?:/[\\w.-]+)+\\.(?:java|proto|md|sql))`");

  @Test
  @DisplayName("every module folder has a line in the map of modules")
  void map() throws IOException {
    var readme = Documents.read("README.md");
    var missing = Documents.modules().stream().filter(module -> !mentions(readme, module)).toList();
    assertThat(missing)
        .as("module folders without a line in README's map (as `folder` or `folder/`)")
        .isEmpty();
  }

  private static boolean mentions(String readme, String module) {
    return Pattern.compile("(?m)(^|[\\s`|(\\[])" + Pattern.quote(module) + "/?([\\s`|)\\]]|$)")
        .matcher(readme)
        .find();
  }

  @Test
  @DisplayName("links and files that documents name exist")
  void links() throws IOException {
    var broken = new ArrayList<String>();
    for (var document : documents()) {
      var text = Documents.read(document);
      var file = Documents.root().resolve(document);
      var links = LINK.matcher(text);
      while (links.find()) {
        if (!Files.exists(file.resolveSibling(links.group(1)))) {
          broken.add(document + ": " + links.group(1));
        }
      }
      var paths = PATH.matcher(text);
      while (paths.find()) {
        if (!Files.exists(Documents.root().resolve(paths.group(1)))
            && !Files.exists(file.resolveSibling(paths.group(1)))) {
          broken.add(document + ": " + paths.group(1));
        }
      }
    }
    assertThat(broken).as("names of files that do not exist").isEmpty();
  }

  private static List<String> documents() throws IOException {
    try (var files = Files.walk(Documents.root().resolve("docs"))) {
      var all = new ArrayList<>(List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md"));
      files
          .filter(file -> file.toString().endsWith(".md"))
          .map(file -> Documents.root().relativize(file).toString())
          .sorted()
          .forEach(all::add);
      return all;
    }
  }

  @Test
  @DisplayName("the documents that the project promises are there")
  void promised() {
    var promised =
        Arrays.asList(
            "README.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "docs/ARCHITECTURE.md",
            "docs/VOCABULARY.md",
            "docs/THREAT-MODEL.md",
            "docs/benchmarks.md",
            "docs/reference/errors.md",
            "docs/reference/events.md",
            "docs/spec/execution-extension.md");
    var missing =
        promised.stream()
            .filter(name -> !Files.isRegularFile(Documents.root().resolve(name)))
            .toList();
    assertThat(missing).as("documents to write").isEmpty();
  }
}

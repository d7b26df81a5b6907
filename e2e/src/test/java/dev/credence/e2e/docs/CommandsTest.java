package dev.credence.e2e.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("commands in documents are commands of the program")
class CommandsTest {

  private static final Set<String> SHELL = Set.of("sh", "bash", "console", "shell");
  private static final Pattern CALL =
      Pattern.compile("(?:^|[;&|(]|\\$\\()\\s*(?:sudo )?(?:\\./)?credence((?:\\s+[^;&|()>#]*)?)");

  @Test
  @DisplayName(
      "README and the howtos: every `credence ...` in a shell block is understood by the program")
  void shellBlocks() throws IOException {
    var problems = new ArrayList<String>();
    int seen = 0;
    for (var document : documents()) {
      for (var call : calls(Documents.read(document))) {
        seen++;
        CommandModel.problem(call)
            .ifPresent(problem -> problems.add(document + ": credence " + call + ": " + problem));
      }
    }
    assertThat(problems).as("commands in documents that the program does not understand").isEmpty();
    assertThat(seen).as("commands in shell blocks of README.md and docs/howto").isPositive();
  }

  private static List<String> documents() throws IOException {
    var all = new ArrayList<>(List.of("README.md"));
    var howto = Documents.root().resolve("docs/howto");
    if (Files.isDirectory(howto)) {
      try (var files = Files.list(howto)) {
        files
            .map(file -> Documents.root().relativize(file).toString())
            .filter(name -> name.endsWith(".md"))
            .sorted()
            .forEach(all::add);
      }
    }
    return all;
  }

  private static List<String> calls(String document) {
    var calls = new ArrayList<String>();
    for (var block : Documents.fenced(document, SHELL)) {
      for (var line : block.replace("\\\n", " ").lines().toList()) {
        var matcher = CALL.matcher(line.strip().replaceFirst("^\\$ ", ""));
        while (matcher.find()) {
          calls.add(matcher.group(1).strip());
        }
      }
    }
    return calls;
  }
}

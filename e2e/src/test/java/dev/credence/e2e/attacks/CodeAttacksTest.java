package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("code that is measured")
class CodeAttacksTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Trick(
      name = "a FIFO as code: in the tree, as the entry, behind a symbolic link",
      outcome = "refused, and nobody waits for a writer")
  void fifo() throws Exception {
    try (var story = Story.of("a pipe where a file should be")) {
      Files.writeString(folder.resolve("agent.py"), "print(1)\n");
      var pipe = folder.resolve("pipe.py");
      story.step("a pipe that nobody writes to", () -> makePipe(pipe));
      story.step("in the tree", () -> refused("pipe.py"));
      story.step("as the entry", () -> refused("pipe.py", "--entry", "pipe.py"));
      story.step("as the lock file", () -> refused("pipe.py", "--lock", "pipe.py"));
      var tree = Files.createDirectory(folder.resolve("tree"));
      Files.createSymbolicLink(tree.resolve("agent.py"), pipe);
      story.step("behind a link", () -> refused("agent.py", tree, "--entry", "agent.py"));
    }
  }

  private static void makePipe(Path place) throws Exception {
    var made = new ProcessBuilder("mkfifo", place.toString()).start();
    assertThat(made.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(place).exists();
  }

  private void refused(String named, String... options) throws Exception {
    refused(named, folder, options);
  }

  /// `credence agent measure` ends, with one line that names the file.
  private static void refused(String named, Path place, String... options) throws Exception {
    var words =
        new java.util.ArrayList<>(
            Java.command(
                "-cp",
                String.join(":", Java.classPath()),
                "dev.credence.cli.Main",
                "agent",
                "measure",
                place.toString()));
    words.addAll(List.of(options));
    try (var measure = Running.start("measure", words, Map.of(), Path.of("/tmp"))) {
      measure.err().first("refusal", line -> line.contains(named), SOON);
      assertThat(measure.exit(SOON)).isEqualTo(1);
    }
  }
}

package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.ProgramCopy;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("caches for fast starts: made once, and never what keeps a program from starting")
class FastStartsStoryTest {
  private static final List<String> PROGRAMS = List.of("cli", "server", "node");
  private static final List<String> NONE = List.of();

  @TempDir Path folder;

  private static Map<String, FileTime> caches(Path dist) throws IOException {
    var found = new TreeMap<String, FileTime>();
    try (var files = Files.newDirectoryStream(dist, "{*.aot,trained}")) {
      for (Path file : files) {
        found.put(String.valueOf(file.getFileName()), Files.getLastModifiedTime(file));
      }
    }
    return found;
  }

  /// Help, and a daemon that finds its configuration missing: both need the whole program.
  private static String starts(ProgramCopy copy) throws Exception {
    var help = copy.run(NONE, "owner", "list", "--help").done();
    assertThat(help.out()).startsWith("Usage: credence owner list");
    return said(help) + daemon(copy, "server") + daemon(copy, "node");
  }

  private static String daemon(ProgramCopy copy, String name) throws Exception {
    var refused = copy.run(NONE, name, "--config", "/nonexistent/x.yaml");
    assertThat(refused.err()).as(refused.toString()).contains("/nonexistent/x.yaml");
    return said(refused.expect(1));
  }

  private static String said(Finished finished) {
    return finished.out() + finished.err();
  }

  private static void spoil(Path dist, byte[] content) throws IOException {
    for (var program : PROGRAMS) {
      Files.write(dist.resolve(program + ".aot"), content);
    }
  }

  private static byte[] half(Path cache) throws IOException {
    try (var in = Files.newInputStream(cache)) {
      return in.readNBytes(Math.toIntExact(Files.size(cache) / 2));
    }
  }

  @Test
  @DisplayName("made, not made again, spoiled in every way, gone")
  void life() throws Exception {
    try (var story = Story.of("caches")) {
      var copy = story.ask("a copy without caches", () -> ProgramCopy.in(folder.resolve("copy")));
      var dist = copy.dist();
      var without = story.ask("programs start without", () -> starts(copy));
      story.step("one command reads no other", () -> readsItsOwn(copy));

      var made = story.ask("credence --train", () -> copy.run(NONE, "--train").done());
      story.step(
          "says what it does, and has written a cache of each program",
          () -> {
            assertThat(made.err().lines())
                .first()
                .isEqualTo("credence: preparing fast starts (once for each build)");
            assertThat(caches(dist))
                .containsOnlyKeys("cli.aot", "node.aot", "server.aot", "trained");
            for (var program : PROGRAMS) {
              assertThat(dist.resolve(program + ".aot")).isNotEmptyFile();
            }
          });
      story.step(
          "with them programs say the same", () -> assertThat(starts(copy)).isEqualTo(without));
      var before = caches(dist);
      story.step(
          "once more: nothing is said, and nothing is done",
          () -> {
            assertThat(said(copy.run(NONE, "--train").done())).isEmpty();
            assertThat(caches(dist)).isEqualTo(before);
          });

      var cut = half(dist.resolve("cli.aot"));
      for (var spoiled :
          Map.of(
                  "empty",
                  new byte[0],
                  "no cache at all",
                  "#!/bin/sh\n".repeat(9000).getBytes(StandardCharsets.UTF_8),
                  "cut off",
                  cut)
              .entrySet()) {
        story.step(
            "spoiled: " + spoiled.getKey(),
            () -> {
              spoil(dist, spoiled.getValue());
              assertThat(starts(copy)).isEqualTo(without);
            });
      }
      story.step(
          "folders in their place",
          () -> {
            for (var program : PROGRAMS) {
              Files.delete(dist.resolve(program + ".aot"));
              Files.createDirectory(dist.resolve(program + ".aot"));
            }
            assertThat(starts(copy)).isEqualTo(without);
          });
    }
  }

  /// The JVM's own word on what it loaded.
  private void readsItsOwn(ProgramCopy copy) throws Exception {
    Path log = folder.resolve("classes");
    copy.run(List.of("-Xlog:class+load:file=" + log), "owner", "list", "--help").done();
    try (var lines = Files.lines(log)) {
      var loaded =
          lines
              .filter(line -> line.contains(" dev.credence.cli."))
              .map(line -> line.replaceFirst(".* dev\\.credence\\.cli\\.(\\S+) .*", "$1"))
              .collect(Collectors.toSet());
      assertThat(loaded)
          .contains("CommandTree", "OwnerList")
          .doesNotContain("NodeList", "AgentList", "SubjectList", "Run", "Apply", "AuthorityList");
    }
  }
}

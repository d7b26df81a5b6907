package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Remains;
import dev.credence.e2e.story.Story;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("credence demo")
class DemoStoryTest {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  @Test
  @DisplayName(
      "tells its story with exit code 0, beside another one, twice in a row, by an ordinary user too, and leaves nothing running")
  void demo() throws Exception {
    var remains = Remains.fresh();
    var program = remains.mark(Program.credence());
    try (var story = Story.of("credence demo")) {
      var first = story.opens("a demo starts", () -> program.start("demo"));
      var second = story.opens("another one starts beside it", () -> program.start("demo"));
      story.step(
          "the first ends well", () -> assertThat(first.exit(LONGEST)).as(first.log()).isZero());
      story.step(
          "the second ends well", () -> assertThat(second.exit(LONGEST)).as(second.log()).isZero());
      story.step("it reads as a story", () -> reads(first.out().all()));
      story.step(
          "once more, by a user without any rights",
          () -> program.asOrdinaryUser().run("demo").done());
      story.step("nothing is left running", () -> assertThat(remains.alive()).isEmpty());
    }
  }

  /// Numbered steps in order, and what they must show.
  private static void reads(List<String> lines) {
    var steps =
        lines.stream()
            .map(String::strip)
            .filter(line -> line.matches("\\[?\\d+[.):/\\]].*"))
            .map(line -> Integer.parseInt(line.replaceFirst("\\[?(\\d+).*", "$1")))
            .distinct()
            .toList();
    assertThat(steps)
        .as("numbered steps of\n%s", String.join("\n", lines))
        .hasSizeGreaterThanOrEqualTo(4)
        .isSorted()
        .startsWith(1);
    assertThat(String.join("\n", lines))
        .as("what the story must show")
        .contains("spiffe://")
        .contains("/agent/")
        .containsIgnoringCase("execution")
        .containsIgnoringCase("refused")
        .containsIgnoringCase("ended");
  }
}

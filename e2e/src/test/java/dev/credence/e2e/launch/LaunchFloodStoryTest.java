package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("a user that asks for launches without end")
class LaunchFloodStoryTest {
  private static final int FLOODER = 64_998;
  private static final int OTHER = 64_997;

  /// What one user may have, see LaunchSettings.
  private static final int MOST = 64;

  private static LaunchPlace place;
  private static LaunchCaller caller;
  private static Path idle;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    caller = LaunchCaller.of(place);
    idle = Files.createDirectory(place.rig().file("idle"));
    Files.setPosixFilePermissions(idle, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path script = Files.writeString(idle.resolve("idle.sh"), "read on\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
    place.rig().agent("finance", "idle-bot").forProcesses(place.measured(idle).getFirst());
    place.rig().agent("finance", "other-bot").forProcesses(place.measured(place.code()).getFirst());
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static List<String> as(int uid) {
    return List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
  }

  private static Running flood(int times) throws Exception {
    var words = new ArrayList<>(as(FLOODER));
    words.addAll(
        List.of(
            "/usr/bin/python3",
            caller.script().toString(),
            "--times",
            Integer.toString(times),
            place.launchSocket().toString(),
            idle.toString(),
            "idle-bot",
            "",
            "sh",
            "idle.sh"));
    return Running.start("flooder", words, Map.of(), Path.of("/"));
  }

  private static String flooded(Running flooder) throws Exception {
    return flooder.err().first("flood", line -> line.startsWith("launch flood "), LaunchPlace.SOON);
  }

  @Trick(
      name = "a flood of launches of one user over the launch socket",
      outcome = "refused beyond that user's share; another user's launch goes through meanwhile",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("takes its own share and nobody else's")
  void flood() throws Exception {
    try (var story = Story.of("a flood of launches")) {
      var flooder = story.opens("one user asks and asks", () -> flood(MOST + 8));
      story.step(
          "it gets its share, and is told that this is all",
          () ->
              assertThat(flooded(flooder))
                  .startsWith("launch flood 64 8 ")
                  .contains("too many programs run already that user " + FLOODER));
      var other =
          story.opens(
              "another user asks",
              () -> caller.run(as(OTHER), place.code(), "other-bot", "", "python3", "agent.py"));
      story.step(
          "its program starts",
          () -> other.line("started ([0-9]+) uid " + OTHER + " .*", LaunchPlace.SOON));
      story.step(
          "and is the agent",
          () -> {
            other.say("fetch");
            assertThat(other.line("answer (.*)", LaunchPlace.SOON).group(1))
                .endsWith("/agent/finance/other-bot");
          });
      story.step(
          "the flood ends",
          () -> {
            flooder.say("");
            assertThat(flooder.exit(LaunchPlace.SOON)).isZero();
          });
    }
  }
}

package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("whose rights and whose view of the files a launch has")
class LaunchRightsTest {
  private static LaunchPlace place;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    place.rig().agent("finance", "user-bot").forProcesses("code:tree:" + place.tree());
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  @Trick(
      name = "a launch by an ordinary user",
      outcome = "the program runs as that user, in its groups and with its limits",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("an ordinary user's program is launched, with the user's own limits")
  void ordinaryUser() throws Exception {
    try (var story = Story.of("an ordinary user launches")) {
      var agent =
          story.opens(
              "nobody starts it",
              () ->
                  nobody()
                      .start(
                          "run",
                          "--socket",
                          place.launchSocket().toString(),
                          "--agent",
                          "user-bot",
                          "--",
                          "python3",
                          "agent.py"));
      var started = agent.line("started (\\d+) .*", LaunchPlace.SOON);
      story.step("as itself", () -> assertThat(started.group()).contains("uid 65534"));
      story.step(
          "with its limits (a JVM, as which credence run runs here, raises the soft one)",
          () ->
              assertThat(Files.readString(Path.of("/proc", started.group(1), "limits")))
                  .containsPattern("Max open files +888 +888 "));
      story.step(
          "it is the agent",
          () -> {
            int from = agent.out().mark();
            agent.say("fetch");
            assertThat(agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1))
                .endsWith("/agent/finance/user-bot");
          });
    }
  }

  /// The built program: what the tests are made of need not be open to this user.
  private static Program nobody() {
    var words =
        List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--",
            "prlimit",
            "--nofile=777:888",
            "--",
            "env",
            "--chdir=" + place.code());
    return new Program(words, Map.of("HOME", "/tmp"));
  }

  @Trick(
      name = "threads of the node in a launched program's view of the files",
      outcome = "none but the one that starts the program, and does nothing else",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("after launches, and refusals within the view, the node looks with its own eyes")
  void ownEyes() throws Exception {
    try (var story = Story.of("threads of the node")) {
      var agent =
          story.opens(
              "a program runs",
              () -> place.run("user-bot", List.of("--user", "nobody"), "python3", "agent.py"));
      agent.line("started .*", LaunchPlace.SOON);
      story.step(
          "another one is refused within its view",
          () -> {
            var ignored = Files.createDirectory(place.code().resolve(".git"));
            var options = List.of("--user", "nobody", "--code", place.code().toString());
            var script = place.code().resolve("agent.py").toString();
            var words = place.words("user-bot", options, "python3", script);
            try (var refused = Running.start("refused", words, Map.of(), ignored)) {
              refused
                  .err()
                  .first("why", text -> text.contains("the working folder"), LaunchPlace.SOON);
              assertThat(refused.exit(LaunchPlace.SOON)).isEqualTo(1);
            }
          });
      story.step(
          "one thread alone has the program's view",
          () -> assertThat(elsewhere()).containsExactly("launch-view"));
    }
  }

  /// The names of this process's threads (the rig's node is in it) in other mount namespaces.
  private static List<String> elsewhere() throws IOException {
    var names = new ArrayList<String>();
    var own = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
    try (var threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        if (isElsewhere(thread, own)) {
          names.add(name(thread));
        }
      }
    }
    return List.copyOf(new TreeSet<>(names));
  }

  private static boolean isElsewhere(Path thread, Path own) throws IOException {
    try {
      return !Files.readSymbolicLink(thread.resolve("ns/mnt")).equals(own);
    } catch (NoSuchFileException e) {
      return false; // it has ended
    }
  }

  private static String name(Path thread) throws IOException {
    try {
      return Files.readString(thread.resolve("comm")).strip();
    } catch (NoSuchFileException e) {
      return "launch-view"; // one that has ended meanwhile, as only these do
    }
  }
}

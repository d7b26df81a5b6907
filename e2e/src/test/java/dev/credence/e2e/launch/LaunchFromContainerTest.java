package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.attestors.container.Podman;
import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("launches that are asked for from a container")
class LaunchFromContainerTest {
  @TempDir static Path folder;
  private static Podman podman;
  private static LaunchPlace place;
  private static LaunchCaller caller;

  @BeforeAll
  static void start() throws Exception {
    Optional<String> missing = Podman.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    podman = Podman.start(folder);
    place = LaunchPlace.start();
    caller = LaunchCaller.of(place);
    place
        .rig()
        .agent("finance", "invoice-bot")
        .forProcesses(place.measured(place.code()).getFirst());
  }

  @AfterAll
  static void stop() throws Exception {
    if (podman != null) {
      try (var last = podman) {
        if (place != null) {
          place.close();
        }
        assertThat(last.socket()).exists();
      }
    }
  }

  /// The caller in a container, with the host's programs, the code and the socket mounted into it.
  private static Running contained(List<String> more) throws IOException {
    var options = new ArrayList<>(more);
    Path rig = place.rig().file("").normalize();
    for (Path shared : List.of(Path.of("/usr"), place.code(), rig)) {
      options.add("--volume=" + shared + ":" + shared);
    }
    for (String libraries : List.of("/lib", "/lib64")) {
      options.add("--volume=" + Path.of(libraries).toRealPath() + ":" + libraries + ":ro");
    }
    options.add(Podman.IMAGE);
    options.addAll(caller.words("invoice-bot", place.account().name(), "python3", "agent.py"));
    return Running.start(
        "container",
        podman.foreground(options.toArray(String[]::new)),
        podman.environment(),
        Path.of("/"));
  }

  @Trick(
      name =
          "a real container, with the launch socket mounted into it, asking for a launch outside",
      outcome = "not launched: it may start the program itself, where it is",
      needs = {Needs.ROOT, Needs.PODMAN, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("nothing is launched for a container, however much of the host it shares")
  void container() throws Exception {
    try (var story = Story.of("a container that has the launch socket")) {
      story.step("the same caller on the host is launched for", LaunchFromContainerTest::outside);
      story.step("in a container it is not", () -> notLaunched(List.of()));
      story.step("nor in a privileged one", () -> notLaunched(List.of("--privileged")));
      story.step(
          "nor in one that shares all but the view of the files",
          () ->
              notLaunched(
                  List.of(
                      "--privileged",
                      "--pid=host",
                      "--network=host",
                      "--ipc=host",
                      "--uts=host",
                      "--cgroupns=host")));
    }
  }

  private static void outside() throws Exception {
    try (var one =
        caller.run(place.code(), "invoice-bot", place.account().name(), "python3", "agent.py")) {
      assertThat(told(one)).startsWith("launch started");
      one.endInput();
      var _ = one.exit(LaunchPlace.SOON);
    }
  }

  private static String told(Running one) throws InterruptedException {
    return one.err().first("answer", line -> line.startsWith("launch "), LaunchPlace.SOON);
  }

  private static void notLaunched(List<String> options) throws Exception {
    try (var one = contained(options)) {
      assertThat(told(one)).startsWith("launch itself").contains("namespace than the node");
      assertThat(one.exit(LaunchPlace.SOON)).isZero();
      assertThat(one.out().all()).as("what would have run").isEmpty();
    }
    assertThat(ofAccount()).as("processes of the account").isEmpty();
  }

  /// Processes of the account that programs are launched as; nothing else runs as it.
  private static List<String> ofAccount() throws IOException {
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      var found = new ArrayList<String>();
      for (Path process : processes) {
        try {
          if (Files.getAttribute(process, "unix:uid").equals(place.account().uid())) {
            found.add(process.toString());
          }
        } catch (IOException e) {
          // It has ended.
        }
      }
      return found;
    }
  }
}

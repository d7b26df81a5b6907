package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.FuseMount;
import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("files of a launched program that are not what they seem")
class LaunchFilesTest {
  private static final int MOST_TRIES = 120;
  private static final int ENOUGH = 5;
  private static final int FIRST_STRANGER = 64_980;

  private static LaunchPlace place;
  private static LaunchCaller caller;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    caller = LaunchCaller.of(place);
    place
        .rig()
        .agent("finance", "invoice-bot")
        .forProcesses(place.measured(place.code()).getFirst());
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static Running run(Path code) throws Exception {
    return caller.run(code, "invoice-bot", place.account().name(), "python3", "agent.py");
  }

  private static String told(Running one) throws Exception {
    return one.err().first("answer", line -> line.startsWith("launch "), LaunchPlace.SOON);
  }

  private static List<String> as(int uid) {
    return List.of("setpriv", "--reuid=" + uid, "--regid=65534", "--clear-groups");
  }

  /// The agent's code in another folder, open to everybody.
  private static Path copy(String name) throws Exception {
    Path code = Files.createDirectory(place.rig().file(name));
    for (String file : List.of("agent.py", "helper.py")) {
      Files.copy(place.code().resolve(file), code.resolve(file));
    }
    return code;
  }

  @Trick(
      name = "a FIFO, a socket or a device in the tree of a launch",
      outcome = "refused: launch, at once, with its path",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("what is neither file, folder nor link is refused by its path")
  void specialFiles() throws Exception {
    try (var story = Story.of("files that are none")) {
      Map<String, List<String>> kinds =
          Map.of(
              "FIFO",
              List.of("mkfifo", "%s"),
              "socket",
              List.of(
                  "/usr/bin/python3",
                  "-c",
                  "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
                  "%s"),
              "device",
              List.of("mknod", "%s", "c", "1", "5"));
      for (var kind : kinds.entrySet()) {
        Path code = copy("with-" + kind.getKey());
        Path inner = Files.createDirectory(code.resolve("inner"));
        make(kind.getValue(), inner.resolve("special.py"));
        story.step(
            kind.getKey() + " in the tree",
            () -> {
              try (var one = run(code)) {
                assertThat(told(one))
                    .startsWith("launch refused")
                    .contains("inner/special.py", kind.getKey());
              }
            });
        story.step(
            kind.getKey() + " as the entry",
            () -> {
              try (var one =
                  caller.run(
                      code, "invoice-bot", place.account().name(), "python3", "inner/special.py")) {
                assertThat(told(one)).startsWith("launch refused").contains("inner/special.py");
              }
            });
      }
    }
  }

  private static void make(List<String> command, Path file) throws Exception {
    var words = command.stream().map(word -> word.replace("%s", file.toString())).toList();
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
  }

  @Trick(
      name =
          "a folder of the code that becomes a symbolic link to /etc, and back, while it is read",
      outcome = "what runs is what was measured, with nothing from outside; or nothing starts",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("folders and links that change places while they are measured")
  void exchangedFolders() throws Exception {
    try (var story = Story.of("a folder that is a link now and then")) {
      Path code = copy("exchanged");
      Path inner = Files.createDirectory(code.resolve("inner"));
      Files.writeString(inner.resolve("passwd"), "harmless\n");
      Files.writeString(inner.resolve("hostname"), "harmless\n");
      var good = place.measured(code).getFirst();
      place.rig().agent("finance", "exchanged-bot").forProcesses(good);
      Path link = place.rig().file("link");
      Files.createSymbolicLink(link, Path.of("/etc"));
      var swapper = story.opens("they change places all the time", () -> exchange(inner, link));
      story.step("they do", () -> swapper.line("swapping", LaunchPlace.SOON));
      story.step(
          "only the measured code ever starts",
          () -> {
            int started = 0;
            int refused = 0;
            for (int i = 0; i < MOST_TRIES && (started < ENOUGH || refused < ENOUGH); i++) {
              if (startsAsMeasured(code)) {
                started++;
              } else {
                refused++;
              }
            }
            assertThat(started).as("some start").isPositive();
            assertThat(refused).as("some are refused").isPositive();
          });
      story.step("it went on until now", () -> assertThat(swapper.isAlive()).isTrue());
    }
  }

  /// Exchanges two names until it is closed.
  private static Running exchange(Path one, Path two) throws Exception {
    var program =
        """
        import ctypes, os, sys
        libc = ctypes.CDLL(None)
        one, two = (os.fsencode(word) for word in sys.argv[1:])
        print("swapping", flush=True)
        while True:
            if libc.renameat2(-100, one, -100, two, 2):
                sys.exit("cannot exchange")
        """;
    return Running.start(
        "swapper",
        List.of("/usr/bin/python3", "-c", program, one.toString(), two.toString()),
        Map.of(),
        Path.of("/tmp"));
  }

  /// Looks at the tree with the program's own eyes.
  private static boolean startsAsMeasured(Path code) throws Exception {
    var user = place.account().name();
    try (var one = caller.run(code, "exchanged-bot", user, "python3", "agent.py")) {
      var told = told(one);
      if (!told.startsWith("launch started")) {
        assertThat(told).startsWith("launch refused");
        return false;
      }
      var pid = one.line("started (\\d+) .*", LaunchPlace.SOON).group(1);
      Path seen = Path.of("/proc", pid, "root", code.resolve("inner").toString().substring(1));
      assertThat(Files.isSymbolicLink(seen)).isFalse();
      try (var names = Files.list(seen)) {
        assertThat(names.map(name -> name.getFileName().toString()))
            .containsExactlyInAnyOrder("passwd", "hostname");
      }
      assertThat(seen.resolve("passwd")).hasContent("harmless\n");
      assertThat(seen.resolve("hostname")).hasContent("harmless\n");
      one.endInput();
      var _ = one.exit(LaunchPlace.SOON);
      return true;
    }
  }

  @Trick(
      name = "FUSE as the tree of a launch, which never answers",
      outcome = "refused: launch; others' programs start meanwhile",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.FUSE, Needs.PYTHON3})
  @DisplayName("code on a file system that a program makes up is refused, and holds up nobody")
  void fuse() throws Exception {
    try (var story = Story.of("a tree that a program makes up")) {
      var file = place.code().resolve("agent.py");
      var mount =
          story.opens(
              "a file system", () -> FuseMount.start(place.rig().file(""), "agent.py", file, file));
      story.step("its root is refused", () -> refusedFor(mount.folder()));
      story.step("a folder in it too", () -> refusedFor(mount.inner()));
      var waiting = new ArrayList<Running>();
      for (int uid = FIRST_STRANGER; uid < FIRST_STRANGER + 3; uid++) {
        var who = as(uid);
        var one =
            story.opens(
                "a caller has opened it",
                () -> caller.pausing(who, mount.inner(), "invoice-bot", "python3", "agent.py"));
        story.step("and is about to ask", () -> assertThat(told(one)).contains("paused"));
        waiting.add(one);
      }
      var root =
          story.opens(
              "another one has its root",
              () ->
                  caller.pausing(
                      as(FIRST_STRANGER + 3),
                      mount.folder(),
                      "invoice-bot",
                      "python3",
                      "agent.py"));
      story.step("and is about to ask", () -> assertThat(told(root)).contains("paused"));
      story.step("it falls silent", mount::fallSilent);
      int from = mount.mark();
      story.step(
          "all ask",
          () -> {
            for (Running one : waiting) {
              one.say("");
            }
          });
      story.step("the node is kept waiting", () -> mount.awaitAsked(from));
      story.step(
          "a program of somebody else starts meanwhile",
          () -> {
            try (var one = run(place.code())) {
              assertThat(told(one)).startsWith("launch started");
            }
          });
      story.step(
          "the root is refused, without being asked",
          () -> {
            root.say("");
            assertThat(refusal(root)).contains("\"fuse\"");
          });
      story.step("the file system ends", mount::close);
      for (Running one : waiting) {
        story.step(
            "who was kept waiting is refused",
            () -> assertThat(refusal(one)).contains("cannot be measured"));
      }
    }
  }

  private static String refusal(Running one) throws Exception {
    return one.err().first("answer", line -> line.startsWith("launch refused"), LaunchPlace.SOON);
  }

  private static void refusedFor(Path code) throws Exception {
    try (var one = run(code)) {
      assertThat(told(one))
          .startsWith("launch refused")
          .contains("is on a file system of type \"fuse\"");
    }
  }
}

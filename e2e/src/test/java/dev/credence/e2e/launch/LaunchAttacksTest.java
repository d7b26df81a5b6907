package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("programs that the node starts, for callers who try more")
class LaunchAttacksTest {
  private static final int MOST_TRIES = 120;
  private static final int ENOUGH = 5;

  private static LaunchPlace place;
  private static LaunchCaller caller;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    caller = LaunchCaller.of(place);
    place
        .rig()
        .agent("finance", "invoice-bot")
        .forProcesses(place.measured(place.code()).getFirst(), "launch:runtime:python");
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static List<String> asAccount(String... command) {
    var words =
        new ArrayList<>(
            List.of(
                "setpriv", "--reuid=" + place.account().uid(), "--regid=65534", "--clear-groups"));
    words.addAll(List.of(command));
    return words;
  }

  @Trick(
      name = "a read-only descriptor made writable through the launch",
      outcome = "the program has the descriptor as it was opened, and cannot open it again",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a descriptor is handed on as it is, never opened again with the node's rights")
  void readOnly() throws Exception {
    try (var story = Story.of("a file that the caller may only read")) {
      Path file = Files.writeString(place.rig().file("orders"), "reopen\nexit 0\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      var words = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" < \"$0\"", file.toString()));
      words.addAll(caller.words("invoice-bot", place.account().name(), "python3", "agent.py"));
      var agent =
          story.opens(
              "it is its input", () -> Running.start("caller", words, Map.of(), place.code()));
      story.step(
          "it reads it, and can neither write to it nor open it for writing",
          () ->
              assertThat(agent.line("answer (.*)", LaunchPlace.SOON).group(1))
                  .isEqualTo("write 9 open 13"));
      story.step("it ends", () -> assertThat(agent.exit(LaunchPlace.SOON)).isZero());
      story.step("the file is as it was", () -> assertThat(file).hasContent("reopen\nexit 0\n"));
    }
  }

  @Trick(
      name = "original changed between measure and start",
      outcome = "what runs is what was measured, or nothing starts",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName(
      "a file that is rewritten all the time: every program that starts is the measured one")
  void race() throws Exception {
    try (var story = Story.of("code that changes while it is measured")) {
      Path code = Files.createDirectory(place.rig().file("race"));
      Files.copy(place.code().resolve("agent.py"), code.resolve("agent.py"));
      Path helper = code.resolve("helper.py");
      Files.writeString(helper, "WORD = \"bbbbbbbb\"\n");
      var bad = place.measured(code).getFirst();
      Files.writeString(helper, "WORD = \"measured\"\n");
      var good = place.measured(code).getFirst();
      assertThat(good).isNotEqualTo(bad);
      place.rig().agent("finance", "race-bot").forProcesses(good);
      var stop = new AtomicBoolean();
      var writer = Thread.ofPlatform().name("writer").start(() -> rewrite(helper, stop));
      story.afterwards(
          "the writer",
          () -> {
            stop.set(true);
            writer.join();
          });
      story.step(
          "only the measured code ever starts",
          () -> {
            int started = 0;
            int refused = 0;
            for (int i = 0; i < MOST_TRIES && (started < ENOUGH || refused < ENOUGH); i++) {
              if (startsMeasured(code)) {
                started++;
              } else {
                refused++;
              }
            }
            assertThat(started).as("some start").isPositive();
            assertThat(refused).as("some are refused").isPositive();
          });
    }
  }

  /// In place and by rename, by turns.
  private static void rewrite(Path helper, AtomicBoolean stop) {
    try {
      for (int i = 0; !stop.get(); i++) {
        String word = i % 4 < 2 ? "bbbbbbbb" : "measured";
        if (i % 2 == 0) {
          Files.writeString(helper, "WORD = \"" + word + "\"\n");
        } else {
          Path next = helper.resolveSibling("next");
          Files.writeString(next, "WORD = \"" + word + "\"\n");
          Files.move(
              next, helper, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean startsMeasured(Path code) throws Exception {
    try (var one = caller.run(code, "race-bot", place.account().name(), "python3", "agent.py")) {
      var told = one.err().first("answer", line -> line.startsWith("launch "), LaunchPlace.SOON);
      if (!told.startsWith("launch started")) {
        assertThat(told).startsWith("launch refused");
        return false;
      }
      assertThat(one.line("started .*", LaunchPlace.SOON).group()).contains("helper measured ");
      one.endInput();
      var _ = one.exit(LaunchPlace.SOON);
      return true;
    }
  }

  @Trick(
      name = "an ordinary user who names another account",
      outcome =
          "refused: launch; without a name it runs as itself, with its code read by its own rights",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("an ordinary user starts programs as itself, of code that it may read")
  void ordinaryUser() throws Exception {
    try (var story = Story.of("an ordinary user")) {
      for (String other : List.of("root", "daemon")) {
        story.step(
            "as " + other, () -> refused(asAccount(), place.code(), other, "only root may name"));
      }
      var agent =
          story.opens(
              "as itself",
              () ->
                  caller.run(asAccount(), place.code(), "invoice-bot", "", "python3", "agent.py"));
      story.step(
          "it runs with its own user and groups",
          () ->
              assertThat(agent.line("started .*", LaunchPlace.SOON).group())
                  .contains("uid " + place.account().uid() + " groups []"));
      story.step(
          "it is the agent",
          () -> {
            int from = agent.out().mark();
            agent.say("fetch");
            assertThat(agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1))
                .isEqualTo("spiffe://rig.example/agent/finance/invoice-bot");
          });
      Path secret = Files.createDirectory(place.rig().file("secret"));
      Files.copy(place.code().resolve("agent.py"), secret.resolve("agent.py"));
      Path key = Files.writeString(secret.resolve("key.py"), "KEY = 1\n");
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      story.step(
          "with code that it may not read",
          () -> refused(asAccount(), secret, "", "cannot be measured"));
    }
  }

  private static void refused(List<String> prefix, Path code, String user, String why)
      throws Exception {
    try (var one = caller.run(prefix, code, "invoice-bot", user, "python3", "agent.py")) {
      assertThat(told(one)).startsWith("launch refused").contains(why);
    }
  }

  private static String told(Running one) throws InterruptedException {
    return one.err().first("answer", line -> line.startsWith("launch "), LaunchPlace.SOON);
  }

  @Trick(
      name = "a caller in a container asking for a launch outside",
      outcome = "not launched: it may start the program itself, where it is",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("callers in namespaces of their own are not launched for")
  void namespaces() throws Exception {
    try (var story = Story.of("callers in namespaces of their own")) {
      var rootless = new ArrayList<>(asAccount("unshare", "--user", "--map-root-user", "--mount"));
      rootless.addAll(List.of("--pid", "--fork", "--mount-proc"));
      story.step(
          "as rootless containers have them",
          () -> notLaunched(rootless, "namespace than the node"));
      for (String kind : List.of("--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup")) {
        story.step(
            "unshare " + kind,
            () -> notLaunched(List.of("unshare", kind, "--fork"), "namespace than the node"));
      }
    }
  }

  @Trick(
      name = "a caller under seccomp, or without a capability, that asks for a launch",
      outcome = "not launched: it may start the program itself, as confined as it is",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("seccomp and smaller bounds are not shed by a launch")
  void confined() throws Exception {
    try (var story = Story.of("confined callers")) {
      story.step(
          "seccomp",
          () -> {
            try (var one = caller.underSeccomp("invoice-bot", "python3", "agent.py")) {
              assertThat(told(one)).startsWith("launch itself").contains("seccomp");
            }
          });
      story.step(
          "bounding set",
          () -> notLaunched(List.of("setpriv", "--bounding-set=-sys_admin"), "bounding set"));
      story.step(
          "no_new_privs", () -> notLaunched(List.of("setpriv", "--no-new-privs"), "no_new_privs"));
    }
  }

  private static void notLaunched(List<String> prefix, String why) throws Exception {
    var user = place.account().name();
    try (var one = caller.run(prefix, place.code(), "invoice-bot", user, "python3", "agent.py")) {
      assertThat(told(one)).startsWith("launch itself").contains(why);
      assertThat(one.out().all()).as("what would have run").isEmpty();
    }
  }

  @Trick(
      name = "a program that outlives the node that started it",
      outcome = "it ends with its node; what an earlier node has left ends when one starts",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("nothing of a launch outlives its node")
  void restart() throws Exception {
    try (var story = Story.of("a node is restarted")) {
      var agent =
          story.opens(
              "a program runs",
              () ->
                  caller.run(
                      place.code(), "invoice-bot", place.account().name(), "python3", "agent.py"));
      var pid = Long.parseLong(agent.line("started (\\d+) .*", LaunchPlace.SOON).group(1));
      Path home = Objects.requireNonNull(groupOf(pid).getParent(), "the node's group");
      var program = ProcessHandle.of(pid).orElseThrow();
      story.step("the node stops", () -> place.rig().node().stop());
      story.step("and the program with it", () -> ended(program));
      var left = story.opens("something else is left", () -> left(home.resolve("99")));
      story.step("the node starts", () -> place.rig().node().start());
      story.step("and ends it", () -> ended(left.handle()));
      story.step("its group is gone", () -> assertThat(home.resolve("99")).doesNotExist());
      story.step(
          "a program starts again",
          () -> {
            try (var next =
                caller.run(
                    place.code(), "invoice-bot", place.account().name(), "python3", "agent.py")) {
              assertThat(told(next)).startsWith("launch started");
            }
          });
    }
  }

  private static void ended(ProcessHandle process) throws Exception {
    var _ = process.onExit().get(LaunchPlace.SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private static Path groupOf(long pid) throws IOException {
    String own =
        Files.readAllLines(Path.of("/proc", Long.toString(pid), "cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .findFirst()
            .orElseThrow()
            .substring("0::/".length());
    String mount =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .filter(line -> line.contains(" - cgroup2 "))
            .findFirst()
            .orElseThrow()
            .split(" ", -1)[4];
    return Path.of(mount).resolve(own);
  }

  private static Running left(Path group) throws Exception {
    Files.createDirectories(group);
    var words =
        List.of(
            "sh", "-c", "echo $$ > \"$0/cgroup.procs\"; echo in; exec sleep 600", group.toString());
    var process = Running.start("left", words, Map.of(), Path.of("/"));
    var _ = process.line("in", LaunchPlace.SOON);
    return process;
  }
}

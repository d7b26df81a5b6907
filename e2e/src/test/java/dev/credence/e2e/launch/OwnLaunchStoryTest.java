package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("programs that a node starts which is not root")
class OwnLaunchStoryTest {
  private static final String NAME = "/agent/finance/" + OwnPlane.AGENT;

  private static OwnPlane plane;

  @BeforeAll
  static void start() throws Exception {
    plane = OwnPlane.start();
    plane.register(
        "--selector", "launch:runtime:python", "--selector", "sandbox:no_new_privs:true");
  }

  @AfterAll
  static void stop() {
    plane.close();
  }

  private static Running started(Story story, OwnPlane on) throws Exception {
    return story.opens("it starts", () -> on.run("python3", "agent.py"));
  }

  private static void isTheAgent(Story story, Running agent) throws Exception {
    story.step("it is the agent", () -> assertThat(answer(agent, "fetch")).endsWith(NAME));
  }

  private static void hasNoRights(Story story, Running agent, Path within) throws Exception {
    story.step(
        "with three descriptors and without rights, in " + within,
        () ->
            assertThat(agent.line("started .*", LaunchPlace.SOON).group())
                .contains("caps 0000000000000000")
                .contains("nnp 1")
                .contains("fds [0, 1, 2]")
                .contains("helper measured")
                .contains("cwd " + within));
  }

  private static void isTold(Story story, Running agent, String what) throws Exception {
    story.step(
        "and is told what that means",
        () -> agent.err().first("why", line -> line.contains(what), LaunchPlace.SOON));
  }

  private static String answer(Running agent, String order) throws Exception {
    int from = agent.out().mark();
    agent.say(order);
    return agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1);
  }

  /// A look of a moment ago may still count.
  private static void refusedSoon(Running agent) throws Exception {
    long until = System.nanoTime() + LaunchPlace.SOON.toNanos();
    while (!answer(agent, "fetch").equals("refused")) {
      assertThat(System.nanoTime()).as("it still has an identity").isLessThan(until);
    }
  }

  @Trick(
      name = "a launch by a node that is not root",
      outcome =
          "the program is the measured code, at level file, without rights; it sees neither the node's key nor its copies",
      needs = {Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("a node that is not root launches for its own user, at the level that this earns")
  void starts() throws Exception {
    try (var story = Story.of("a node that is not root starts a program")) {
      var agent = started(story, plane);
      hasNoRights(story, agent, plane.code());
      isTold(story, agent, "counts as file, not launcher");
      isTheAgent(story, agent);
      story.step(
          "at that level",
          () ->
              assertThat(plane.user().run("execution", "list", "-o", "json").done().out())
                  .contains("CODE_ASSURANCE_FILE")
                  .contains("ISOLATION_SHARED_UID"));
      story.step(
          "what such a node cannot see of a process it says in a sentence",
          () ->
              assertThat(plane.user().run("selectors", "--pid", "" + agent.pid()).done().out())
                  .contains("the kernel lets this daemon not see what files a process has mapped")
                  .doesNotContain("EPERM"));
      story.step(
          "its child is not",
          () -> {
            int from = agent.out().mark();
            agent.say("child");
            assertThat(agent.line(from, "child (.*)", LaunchPlace.SOON).group(1))
                .isEqualTo("refused");
            agent.line(from, "answer done", LaunchPlace.SOON);
          });
      story.step(
          "it cannot change its code, nor see the node's key and copies",
          () -> {
            assertThat(answer(agent, "write " + plane.code().resolve("helper.py")))
                .isEqualTo("refused 30");
            assertThat(Files.exists(plane.nodeData().resolve("code"))).isTrue();
            assertThat(answer(agent, "sees " + plane.nodeData().resolve("code")))
                .isEqualTo("False");
            assertThat(answer(agent, "sees " + plane.nodeData().resolve("node.pem")))
                .isEqualTo("False");
          });
      story.step(
          "signals, input and exit code are its own",
          () -> {
            agent.signal("USR1");
            agent.line("signal 10", LaunchPlace.SOON);
            agent.say("exit 42");
            assertThat(agent.exit(LaunchPlace.SOON)).isEqualTo(42);
          });
    }
  }

  @Trick(
      name =
          "a launched program of a node that is not root leaves its session, or its user namespace",
      outcome =
          "what left the session ends with the program; in a further user namespace it has no identity",
      needs = {Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("nothing of a program outlives it, and in a user namespace of its own it is nobody")
  void leaves() throws Exception {
    try (var story = Story.of("a program leaves")) {
      var agent = started(story, plane);
      isTheAgent(story, agent);
      long left = Long.parseLong(answer(agent, "leave"));
      var child = ProcessHandle.of(left).orElseThrow();
      story.step(
          "in a further user namespace it is nobody",
          () -> {
            assertThat(answer(agent, "users")).isEqualTo("0");
            refusedSoon(agent);
          });
      story.step(
          "with it ends what it started, in another session too",
          () -> {
            agent.say("exit 0");
            assertThat(agent.exit(LaunchPlace.SOON)).isZero();
            child.onExit().get(LaunchPlace.SOON.toSeconds(), TimeUnit.SECONDS);
          });
    }
  }

  @Trick(
      name = "exec of the same interpreter by a program that a node started which is not root",
      outcome = "ended: process-changed; the new program has no identity",
      needs = {Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("what such a program becomes by exec is not the agent")
  void exec() throws Exception {
    try (var story = Story.of("it execs its interpreter")) {
      var agent = started(story, plane);
      isTheAgent(story, agent);
      int from = agent.out().mark();
      agent.say("exec");
      agent.line(from, "started .*", LaunchPlace.SOON);
      story.step("and is nobody", () -> assertThat(answer(agent, "fetch")).isEqualTo("refused"));
    }
  }

  @Trick(
      name = "one changed byte in a module of an agent whose node is not root",
      outcome = "refused: launch, with the measured and the expected digest",
      needs = {Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("one changed byte in an imported module: no start")
  void changed() throws Exception {
    var helper = plane.code().resolve("helper.py");
    var before = Files.readString(helper);
    try (var story = Story.of("an imported module is changed")) {
      Files.writeString(helper, before.replace("measured", "Measured"));
      story.step(
          "refused, with both values",
          () ->
              plane
                  .ran("python3", "agent.py")
                  .refused(1, "no registration", "code:tree is ", "(expected: "));
    } finally {
      Files.writeString(helper, before);
    }
  }

  @Trick(
      name = "the node's copy of running code changed by its own user",
      outcome = "ended: code-changed; the program has no identity any more",
      needs = {Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("a copy in the store that was changed is nobody's code")
  void copyChanged() throws Exception {
    try (var story = Story.of("the copy is changed")) {
      var agent = started(story, plane);
      isTheAgent(story, agent);
      var copy = copy();
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
      Files.writeString(copy, Files.readString(copy) + "# more\n");
      story.step(
          "its execution ends, and says why",
          () -> {
            refusedSoon(agent);
            assertThat(plane.user().run("execution", "list", "--all").done().out())
                .contains("code-changed");
          });
      story.step(
          "the next start has a copy of its own, and is the agent",
          () -> {
            try (var next = plane.run("python3", "agent.py")) {
              assertThat(answer(next, "fetch")).endsWith(NAME);
            }
          });
    }
  }

  private static Path copy() throws Exception {
    try (Stream<Path> files = Files.walk(plane.nodeData().resolve("code"))) {
      return files
          .filter(file -> file.endsWith("helper.py"))
          .max(java.util.Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }

  @Trick(
      name = "another user asks a node for a launch that is not root",
      outcome = "refused: launch, with both uids",
      needs = {Needs.ROOT, Needs.PYTHON3})
  @DisplayName("another user is refused, with the reason")
  void otherUser() throws Exception {
    try (var story = Story.of("another user asks")) {
      story.step(
          "root, of a node that is not",
          () ->
              plane
                  .somebodyElse()
                  .run(plane.words("python3", "agent.py"))
                  .refused(1, "starts programs for that user alone", "not for uid 0"));
    }
  }

  @Trick(
      name = "a launch by a node that is not root and may make no user namespaces",
      outcome = "the program works in the copy; a command that would reach the original is refused",
      needs = {Needs.PYTHON3})
  @DisplayName("without user namespaces the program works in the node's copy of its code")
  void withoutNamespaces() throws Exception {
    try (var own = OwnPlane.startWithoutNamespaces();
        var story = Story.of("no user namespaces")) {
      own.register();
      var agent = started(story, own);
      hasNoRights(story, agent, own.nodeData().resolve("code"));
      isTold(story, agent, "the program works in");
      isTheAgent(story, agent);
      story.step(
          "its exit code",
          () -> {
            agent.say("exit 42");
            assertThat(agent.exit(LaunchPlace.SOON)).isEqualTo(42);
          });
      story.step(
          "the original by its path is refused",
          () ->
              own.ran("python3", own.code().resolve("agent.py").toString())
                  .refused(1, "names the folder of the code"));
    }
  }

  @Trick(
      name = "kill -9 of a node that is not root",
      outcome = "the program ends with it",
      needs = {Needs.USER_NAMESPACES, Needs.PYTHON3})
  @DisplayName("a node that is killed takes its programs with it")
  void killed() throws Exception {
    try (var own = OwnPlane.start();
        var story = Story.of("the node is killed")) {
      own.register();
      var agent = started(story, own);
      long pid = Long.parseLong(agent.line("started (\\d+) .*", LaunchPlace.SOON).group(1));
      var program = ProcessHandle.of(pid).orElseThrow();
      var node = own.node();
      story.step("kill -9 of the node", node::destroyForcibly);
      story.step(
          "ends the program",
          () -> program.onExit().get(LaunchPlace.SOON.toSeconds(), TimeUnit.SECONDS));
      story.step(
          "and credence run says why",
          () -> {
            assertThat(agent.exit(LaunchPlace.SOON)).isEqualTo(3);
            assertThat(agent.err().all()).anyMatch(line -> line.contains("the node has ended"));
          });
    }
  }
}

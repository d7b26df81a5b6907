package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.common.v1.Isolation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("launched programs of which something was seen that is over by now")
class LaunchSpoiledStoryTest {
  private static final String PREFIX = "spiffe://rig.example/agent/finance/";

  /// PTRACE_ATTACH, and PTRACE_DETACH when it is told to.
  private static final String TRACER =
      """
      import ctypes, os, sys
      libc = ctypes.CDLL(None, use_errno=True)
      libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
      pid = int(sys.argv[1])
      print("attached", libc.ptrace(16, pid, None, None), flush=True)
      os.waitpid(pid, 0x40000000)
      input()
      print("detached", libc.ptrace(17, pid, None, None), flush=True)
      input()
      """;

  private static LaunchPlace place;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    String tree = place.measured(place.code()).getFirst();
    place.rig().agent("finance", "any-bot").forProcesses(tree);
    place
        .rig()
        .agent("finance", "apart-bot")
        .apart(Isolation.ISOLATION_SANDBOXED)
        .forProcesses(tree);
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static String answer(Running agent) throws Exception {
    int from = agent.out().mark();
    agent.say("fetch");
    return agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1);
  }

  private static String pid(Running agent) throws Exception {
    return agent.line("started ([0-9]+) .*", LaunchPlace.SOON).group(1);
  }

  private static Execution execution(String pid) {
    return place.rig().admin().executions(false).stream()
        .filter(one -> pid.equals(Integer.toString(one.getProcess().getMark().getPid())))
        .findFirst()
        .orElseThrow();
  }

  private static String endReason(Execution execution) throws Exception {
    return Await.answer(
            "end of " + execution.getId(),
            () -> {
              place.rig().clock().advance(Duration.ofMillis(500));
              return place.rig().admin().execution(execution.getId());
            },
            Execution::hasEndedAt,
            LaunchPlace.SOON)
        .getEndReason();
  }

  /// Without the clock's help: the kernel told the node.
  private static String endReasonAtOnce(Execution execution) throws Exception {
    return Await.answer(
            "end of " + execution.getId(),
            () -> place.rig().admin().execution(execution.getId()),
            Execution::hasEndedAt,
            LaunchPlace.SOON)
        .getEndReason();
  }

  private static String explained(String pid) throws Exception {
    try (var explain =
        place.credence(
            "explain", "--pid", pid, "--socket", place.rig().node().socket().toString())) {
      assertThat(explain.exit(LaunchPlace.SOON)).as(explain.log()).isZero();
      return String.join("\n", explain.out().all());
    }
  }

  @Trick(
      name = "ptrace attach and detach on a launched program",
      outcome =
          "ended: process-traced; after the detach it has no identity until it is started anew",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("what was traced once is not believed to be what was started, ever")
  void traced() throws Exception {
    try (var story = Story.of("a tracer comes and goes")) {
      var agent =
          story.opens(
              "it starts", () -> place.run("any-bot", place.asAccount(), "python3", "agent.py"));
      String pid = story.ask("it runs", () -> pid(agent));
      story.step("it is the agent", () -> assertThat(answer(agent)).isEqualTo(PREFIX + "any-bot"));
      Execution before = execution(pid);
      var tracer =
          story.opens(
              "a tracer",
              () ->
                  Running.start(
                      "tracer",
                      List.of("/usr/bin/python3", "-c", TRACER, pid),
                      Map.of(),
                      Path.of("/tmp")));
      story.step("it attaches", () -> tracer.line("attached 0", LaunchPlace.SOON));
      story.step(
          "the execution has ended",
          () -> assertThat(endReason(before)).isEqualTo("process-traced"));
      story.step(
          "it detaches",
          () -> {
            tracer.say("");
            tracer.line("detached 0", LaunchPlace.SOON);
          });
      story.step(
          "explain says what was seen, and what to do",
          () ->
              assertThat(explained(pid))
                  .contains("process " + pid + " is traced by process " + tracer.pid())
                  .contains("started anew")
                  .contains("no identity")
                  .doesNotContain("launch:agent"));
      story.step("it has no identity", () -> assertThat(answer(agent)).isEqualTo("refused"));
      story.step(
          "another start has one",
          () -> {
            try (var next = place.run("any-bot", place.asAccount(), "python3", "agent.py")) {
              assertThat(answer(next)).isEqualTo(PREFIX + "any-bot");
            }
          });
    }
  }

  @Trick(
      name = "a visitor of the same user beside a launched program, who leaves again",
      outcome =
          "ended: isolation-lost; after the visit it has no identity until it is started anew",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("what was within another's reach once does not get its identity back")
  void visited() throws Exception {
    try (var story = Story.of("a visitor comes and goes")) {
      var agent =
          story.opens(
              "it starts", () -> place.run("apart-bot", place.asAccount(), "python3", "agent.py"));
      String pid = story.ask("it runs", () -> pid(agent));
      story.step(
          "it is the agent", () -> assertThat(answer(agent)).isEqualTo(PREFIX + "apart-bot"));
      Execution before = execution(pid);
      var visit =
          List.of(
              "setpriv",
              "--reuid=" + place.account().uid(),
              "--regid=65534",
              "--clear-groups",
              "sleep",
              "600");
      var visitor =
          story.opens(
              "a visitor", () -> Running.start("visitor", visit, Map.of(), Path.of("/tmp")));
      story.step(
          "the execution has ended, without any interval",
          () -> assertThat(endReasonAtOnce(before)).isEqualTo("isolation-lost"));
      story.step(
          "the visitor goes",
          () -> {
            visitor.signal("KILL");
            var _ = visitor.exit(LaunchPlace.SOON);
            var _ =
                Await.answer(
                    "alone again",
                    () -> explained(pid),
                    text -> text.contains("own-uid"),
                    LaunchPlace.SOON);
          });
      story.step("it has no identity", () -> assertThat(answer(agent)).isEqualTo("refused"));
      story.step(
          "which explain says",
          () ->
              assertThat(explained(pid))
                  .contains("isolation-lost")
                  .contains("started anew")
                  .doesNotContain("launch:agent"));
    }
  }

  @Trick(
      name = "a visitor of the same user before a launched program has asked for anything",
      outcome = "refused; after the visit it has no identity either, until it is started anew",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("what was within another's reach before its first identity does not get it")
  void visitedBefore() throws Exception {
    try (var story = Story.of("a visitor comes first")) {
      var agent =
          story.opens(
              "it starts", () -> place.run("apart-bot", place.asAccount(), "python3", "agent.py"));
      String pid = story.ask("it runs", () -> pid(agent));
      var visitor = story.opens("a visitor", LaunchSpoiledStoryTest::visitor);
      visitor.line("there", LaunchPlace.SOON);
      story.step("it is refused", () -> assertThat(answer(agent)).isEqualTo("refused"));
      story.step(
          "the visitor goes",
          () -> {
            visitor.signal("KILL");
            var _ = visitor.exit(LaunchPlace.SOON);
            var _ =
                Await.answer(
                    "alone again",
                    () -> explained(pid),
                    text -> text.contains("own-uid"),
                    LaunchPlace.SOON);
          });
      story.step("it has no identity", () -> assertThat(answer(agent)).isEqualTo("refused"));
      story.step(
          "which explain says",
          () -> assertThat(explained(pid)).contains("isolation-lost").contains("started anew"));
    }
  }

  private static Running visitor() throws Exception {
    return Running.start(
        "visitor",
        List.of(
            "setpriv",
            "--reuid=" + place.account().uid(),
            "--regid=65534",
            "--clear-groups",
            "sh",
            "-c",
            "echo there; exec sleep 600"),
        Map.of(),
        Path.of("/tmp"));
  }

  @Trick(
      name = "a launch for an agent that must be apart, under an account that runs something else",
      outcome = "refused: launch, before the start, with the level, the demand and the process",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a minimum of isolation that cannot be reached is said before the start")
  void crowded() throws Exception {
    try (var story = Story.of("an account that runs something else")) {
      var visitor = story.opens("somebody is there", LaunchSpoiledStoryTest::visitor);
      visitor.line("there", LaunchPlace.SOON);
      story.step(
          "refused, with all three",
          () -> {
            try (var refused = place.run("apart-bot", place.asAccount(), "python3", "agent.py")) {
              assertThat(refused.exit(LaunchPlace.SOON)).isEqualTo(1);
              assertThat(String.join("\n", refused.err().all()))
                  .contains("isolation is shared-uid (expected: at least sandboxed)")
                  .contains("process " + visitor.pid() + " runs under its uid");
            }
          });
      story.step(
          "an agent that demands nothing starts",
          () -> {
            try (var other = place.run("any-bot", place.asAccount(), "python3", "agent.py")) {
              assertThat(answer(other)).isEqualTo(PREFIX + "any-bot");
            }
          });
    }
  }
}

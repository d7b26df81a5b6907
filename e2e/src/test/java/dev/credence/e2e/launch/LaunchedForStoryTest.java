package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("for whom a program is launched, and with which variables")
class LaunchedForStoryTest {
  private static final String PREFIX = "spiffe://rig.example/agent/finance/";
  private static final int LAUNCHES = 20;

  private static LaunchPlace place;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    String tree = place.measured(place.code()).getFirst();
    for (String name : List.of("first", "second")) {
      place.rig().agent("finance", name).forProcesses(tree, "launch:runtime:python");
    }
    place.rig().agent("finance", "of-uid").forProcesses("unix:uid:" + place.account().uid());
    place.rig().agent("ops", "second").forProcesses(tree, "launch:env:OPS");
    place.rig().agent("finance", "named").forProcesses(tree, "launch:env:TOKEN");
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static String answer(Running agent, String order) throws Exception {
    int from = agent.out().mark();
    agent.say(order);
    return agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1);
  }

  private static String pid(Running agent) throws Exception {
    return agent.line("started ([0-9]+) .*", LaunchPlace.SOON).group(1);
  }

  private static String explained(String pid) throws Exception {
    try (var explain =
        place.credence(
            "explain", "--pid", pid, "--socket", place.rig().node().socket().toString())) {
      assertThat(explain.exit(LaunchPlace.SOON)).as(explain.log()).isZero();
      return String.join("\n", explain.out().all());
    }
  }

  private static List<String> with(String... more) {
    var options = new ArrayList<>(place.asAccount());
    options.addAll(List.of(more));
    return options;
  }

  @Trick(
      name = "a program that is launched for one agent and fits another's registration",
      outcome = "one execution, of the agent it was launched for; its child is the other's",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("two agents with the same selectors: the program is the one it was launched for")
  void twins() throws Exception {
    try (var story = Story.of("two agents with the same selectors")) {
      var agent =
          story.opens(
              "one is launched",
              () -> place.run("finance/second", place.asAccount(), "python3", "agent.py"));
      String pid = story.ask("it runs", () -> pid(agent));
      story.step(
          "it is that one, though the other is older",
          () -> assertThat(answer(agent, "fetch")).isEqualTo(PREFIX + "second"));
      story.step(
          "one execution",
          () ->
              assertThat(place.rig().admin().executions(false))
                  .filteredOn(one -> pid.equals(one.getProcess().getMark().getPid() + ""))
                  .hasSize(1));
      story.step(
          "which explain says",
          () ->
              assertThat(explained(pid))
                  .contains("launch:agent:finance/second")
                  .contains(PREFIX + "second")
                  .doesNotContain(PREFIX + "first")
                  .doesNotContain(PREFIX + "of-uid"));
      story.step(
          "its child is what any process of this user is",
          () -> {
            int from = agent.out().mark();
            agent.say("child");
            assertThat(agent.line(from, "child (.*)", LaunchPlace.SOON).group(1))
                .isEqualTo(PREFIX + "of-uid");
            agent.line(from, "answer (.*)", LaunchPlace.SOON);
          });
      agent.say("exit 0");
      assertThat(agent.exit(LaunchPlace.SOON)).isZero();
    }
  }

  @Trick(
      name = "a name that two owners' agents have",
      outcome = "refused: launch, with both names",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a name that two agents have decides nothing: the owner must be said")
  void ambiguous() throws Exception {
    try (var story = Story.of("a name of two agents")) {
      var agent =
          story.opens(
              "it is asked for",
              () -> place.run("second", place.asAccount(), "python3", "agent.py"));
      story.step(
          "and refused with both",
          () -> {
            agent
                .err()
                .first(
                    "refusal",
                    line -> line.contains("finance/second or ops/second (expected: OWNER/NAME)"),
                    LaunchPlace.SOON);
            assertThat(agent.exit(LaunchPlace.SOON)).isEqualTo(1);
          });
    }
  }

  @Trick(
      name = "a variable that nobody knows, and that no registration names",
      outcome = "it is passed on, and the code counts as file; where launcher is demanded, refused",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a variable that the registration does not name lowers the code's level, in words")
  void variables() throws Exception {
    try (var story = Story.of("variables for a program")) {
      var named =
          story.opens(
              "with one that is named, and a time zone",
              () ->
                  place.run(
                      "named",
                      with("--env", "TOKEN=a b", "--env", "TZ=Europe/Berlin"),
                      "python3",
                      "agent.py"));
      story.step(
          "it is launcher",
          () -> {
            assertThat(answer(named, "fetch")).isEqualTo(PREFIX + "named");
            assertThat(answer(named, "env TOKEN")).isEqualTo("a b");
            assertThat(answer(named, "env TZ")).isEqualTo("Europe/Berlin");
            assertThat(place.rig().admin().executions(false).getLast().toString())
                .contains("CODE_ASSURANCE_LAUNCHER");
          });
      var other =
          story.opens(
              "with one that is not",
              () -> place.run("first", with("--env", "SOME_PLUGIN=x"), "python3", "agent.py"));
      story.step(
          "a line says what that makes it, and what to add",
          () ->
              other
                  .err()
                  .first(
                      "notice",
                      line ->
                          line.contains("file, not launcher")
                              && line.contains("--selector launch:env:SOME_PLUGIN"),
                      LaunchPlace.SOON));
      story.step(
          "it is file",
          () -> {
            assertThat(answer(other, "fetch")).isEqualTo(PREFIX + "first");
            assertThat(place.rig().admin().executions(false).getLast().toString())
                .contains("CODE_ASSURANCE_FILE");
          });
    }
  }

  @Trick(
      name = "reading what --env gives a program out of /proc/PID/cmdline",
      outcome = "never seen in 20 launches by who reads every process's arguments",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("what is given to a program is in nobody's arguments")
  void watched() throws Exception {
    var secret = "hunter2-" + System.nanoTime();
    try (var story = Story.of("somebody reads all arguments during launches")) {
      var script = place.rig().file("watcher.py");
      try (var in = LaunchedForStoryTest.class.getResourceAsStream("/launch/watcher.py")) {
        Files.copy(Objects.requireNonNull(in, "watcher.py"), script);
      }
      var watcher =
          story.opens(
              "a watcher",
              () ->
                  Running.start(
                      "watcher",
                      List.of("/usr/bin/python3", script.toString()),
                      Map.of(),
                      Path.of("/")));
      watcher.say(secret);
      watcher.say("${CREDENCE_ENV_");
      watcher.line("watching", LaunchPlace.SOON);
      var caller = LaunchCaller.of(place);
      story.step(
          LAUNCHES + " launches, whose programs have the value",
          () -> {
            for (int i = 0; i < LAUNCHES; i++) {
              try (var agent = caller.with("TOKEN", secret, "named", "python3", "agent.py")) {
                assertThat(answer(agent, "env TOKEN")).isEqualTo(secret);
                agent.say("exit 0");
                assertThat(agent.exit(LaunchPlace.SOON)).isZero();
              }
            }
          });
      story.step(
          "it has seen launches on their way, and the value never",
          () -> {
            watcher.endInput();
            var seen = watcher.line("seen ([0-9]+) signs ([0-9]+)", LaunchPlace.SOON);
            assertThat(Integer.parseInt(seen.group(2))).as("launches seen").isPositive();
            assertThat(seen.group(1)).as("processes with the value").isEqualTo("0");
          });
    }
  }
}

package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("programs that the node starts")
class LaunchStoryTest {
  private static final String NAME = "spiffe://rig.example/agent/finance/invoice-bot";

  private static LaunchPlace place;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    String tree = place.tree();
    place
        .rig()
        .agent("finance", "invoice-bot")
        .forProcesses(
            "code:tree:" + tree,
            "code:entry:agent.py",
            "launch:runtime:python",
            "launch:user:" + place.account().name(),
            "sandbox:cgroup:own",
            "sandbox:no_new_privs:true",
            "sandbox:capabilities:none",
            "sandbox:view:copy");
    place
        .rig()
        .agent("finance", "file-bot")
        .forProcesses("code:tree:" + tree, "sandbox:view:original");
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static Running agent(String... command) throws Exception {
    return place.run("invoice-bot", place.asAccount(), command);
  }

  private static String answer(Running agent, String order) throws Exception {
    int from = agent.out().mark();
    agent.say(order);
    return agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1);
  }

  @Trick(
      name = "a launched program's descriptors and rights",
      outcome = "it has 0, 1 and 2, no capability, no root, and its agent's identity",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a launched program is who it was measured to be, and has three descriptors")
  void starts() throws Exception {
    try (var story = Story.of("a program is launched")) {
      var agent = story.opens("it starts", () -> agent("python3", "agent.py"));
      story.step(
          "as that account, with three descriptors and without rights",
          () ->
              assertThat(agent.line("started .*", LaunchPlace.SOON).group())
                  .contains("uid " + place.account().uid())
                  .contains("groups []")
                  .contains("caps 0000000000000000")
                  .contains("bounds 0000000000000000")
                  .contains("nnp 1")
                  .contains("fds [0, 1, 2]")
                  .contains("helper measured"));
      story.step("it is the agent", () -> assertThat(answer(agent, "fetch")).isEqualTo(NAME));
      story.step(
          "at the level of a launch, in a sandbox",
          () ->
              assertThat(place.rig().admin().executions(false).getLast().toString())
                  .contains("CODE_ASSURANCE_LAUNCHER")
                  .contains("ISOLATION_SANDBOXED"));
      story.step(
          "its child is not",
          () -> {
            int from = agent.out().mark();
            agent.say("child");
            assertThat(agent.line(from, "child (.*)", LaunchPlace.SOON).group(1))
                .isEqualTo("refused");
            assertThat(agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1))
                .isEqualTo("done");
          });
      story.step(
          "it cannot change its code",
          () ->
              assertThat(answer(agent, "write " + place.code().resolve("helper.py")))
                  .isEqualTo("refused 30"));
      story.step(
          "its exit code",
          () -> {
            agent.say("exit 42");
            assertThat(agent.exit(LaunchPlace.SOON)).isEqualTo(42);
          });
    }
  }

  @Trick(
      name = "exec of the same interpreter by a launched program",
      outcome = "ended: process-changed; the new program has no identity",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("what a launched program becomes by exec is not the agent")
  void exec() throws Exception {
    try (var story = Story.of("a launched program execs its interpreter")) {
      var agent = story.opens("it starts", () -> agent("python3", "agent.py"));
      story.step("it is the agent", () -> assertThat(answer(agent, "fetch")).isEqualTo(NAME));
      int from = agent.out().mark();
      story.step(
          "it execs itself",
          () -> {
            agent.say("exec");
            agent.line(from, "started .*", LaunchPlace.SOON);
          });
      story.step("and is nobody", () -> assertThat(answer(agent, "fetch")).isEqualTo("refused"));
    }
  }

  @Trick(
      name = "original changed after the start",
      outcome = "the program goes on reading its copy; the next start is refused",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName(
      "one changed byte in an imported module: no start; a running program does not see it")
  void changed() throws Exception {
    try (var story = Story.of("an imported module is changed")) {
      var helper = place.code().resolve("helper.py");
      var agent = story.opens("the agent starts", () -> agent("python3", "agent.py"));
      agent.line("started .*", LaunchPlace.SOON);
      var before = Files.readString(helper);
      try {
        Files.writeString(helper, before.replace("measured", "Measured"));
        story.step(
            "the running program reads what was measured",
            () -> assertThat(answer(agent, "read " + helper)).isEqualTo("WORD = \"measured\""));
        var next = story.opens("the next start", () -> agent("python3", "agent.py"));
        story.step(
            "is refused, with both values",
            () -> {
              var line =
                  next.err()
                      .first("refusal", text -> text.contains("no registration"), LaunchPlace.SOON);
              assertThat(line).contains("code:tree is ").contains("(expected: ");
              assertThat(next.exit(LaunchPlace.SOON)).isEqualTo(1);
            });
      } finally {
        Files.writeString(helper, before);
      }
    }
  }

  @Trick(
      name = "LD_PRELOAD and its like for a launched program",
      outcome = "refused: launch",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("variables, options and users that would change what runs are refused in words")
  void refused() throws Exception {
    try (var story = Story.of("what is not launched")) {
      story.step(
          "LD_PRELOAD",
          () ->
              refusal(
                  "launch:env:LD_PRELOAD",
                  List.of("--env", "LD_PRELOAD=/tmp/x.so"),
                  "python3",
                  "agent.py"));
      story.step(
          "python -c", () -> refusal("not passed on", List.of(), "python3", "-c", "print(1)"));
      story.step("python -m", () -> refusal("not passed on", List.of(), "python3", "-m", "helper"));
      story.step(
          "a file outside",
          () -> refusal("not in the folder of the code", List.of(), "python3", "/etc/passwd"));
      story.step(
          "a way out", () -> refusal("has a part `..`", List.of(), "python3", "../agent.py"));
      story.step(
          "a program of no known runtime",
          () -> refusal("not an interpreter", List.of(), "/usr/bin/cat", "agent.py"));
      story.step(
          "the host's own folder",
          () -> refusal("is the host's", List.of("--code", "/usr/lib"), "python3", "agent.py"));
      story.step(
          "a folder that everybody shares",
          () -> refusal("too much is in it", List.of("--code", "/tmp"), "python3", "agent.py"));
      story.step(
          "root as itself",
          () -> {
            try (var root = place.run("invoice-bot", List.of(), "python3", "agent.py")) {
              root.err().first("refusal", text -> text.contains("--user NAME"), LaunchPlace.SOON);
              assertThat(root.exit(LaunchPlace.SOON)).isEqualTo(1);
            }
          });
      story.step(
          "each is an event about the agent, with who asked and what for",
          () ->
              assertThat(place.rig().admin().events())
                  .filteredOn(event -> event.getDetailsOrDefault("operation", "").equals("launch"))
                  // How the story's place learns the digest is a refused launch too.
                  .filteredOn(event -> !event.getSubject().startsWith("probes/"))
                  .hasSizeGreaterThan(1)
                  .allSatisfy(event -> {
                    assertThat(event.getSubject()).contains("invoice-bot");
                    assertThat(event.getDetailsOrThrow("pid")).containsOnlyDigits();
                    assertThat(event.getDetailsOrThrow("step")).isNotEmpty();
                    assertThat(event.getDetailsOrThrow("program")).startsWith("\"");
                  }));
    }
  }

  private static void refusal(String words, List<String> more, String... command) throws Exception {
    var options = new java.util.ArrayList<>(place.asAccount());
    options.addAll(more);
    try (var refused = place.run("invoice-bot", options, command)) {
      refused.err().first(words, text -> text.contains(words), LaunchPlace.SOON);
      assertThat(refused.exit(LaunchPlace.SOON)).isEqualTo(1);
    }
  }

  @Trick(
      name = "kill -9 of credence run",
      outcome = "the program and everything in its group ends",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("signals are passed on; without its caller a program ends")
  void signals() throws Exception {
    try (var story = Story.of("signals")) {
      var agent = story.opens("it starts", () -> agent("python3", "agent.py"));
      var pid = Long.parseLong(agent.line("started (\\d+) .*", LaunchPlace.SOON).group(1));
      story.step(
          "USR1 of credence run is the program's",
          () -> {
            agent.signal("USR1");
            agent.line("signal 10", LaunchPlace.SOON);
          });
      var program = ProcessHandle.of(pid).orElseThrow();
      story.step("kill -9 of credence run", () -> agent.signal("KILL"));
      story.step(
          "ends the program",
          () ->
              program
                  .onExit()
                  .get(LaunchPlace.SOON.toSeconds(), java.util.concurrent.TimeUnit.SECONDS));
    }
  }

  @Trick(
      name = "a confined caller shedding its confinement",
      outcome = "not launched: credence run executes the program itself, as confined as it is",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("no_new_privs, another mount namespace: the program runs, but not by the node")
  void confined() throws Exception {
    try (var story = Story.of("confined callers")) {
      var words = place.words("invoice-bot", List.of(), "python3", "agent.py");
      for (var prefix :
          List.of(
              List.of("setpriv", "--no-new-privs"),
              List.of("unshare", "--mount"),
              List.of("unshare", "--net"))) {
        var all = new java.util.ArrayList<>(prefix);
        all.addAll(words);
        var caller =
            story.opens(
                String.join(" ", prefix),
                () -> Running.start("confined", all, java.util.Map.of(), place.code()));
        story.step(
            "it is told why, and runs itself",
            () -> {
              caller
                  .err()
                  .first("why", text -> text.contains("does not start programs"), LaunchPlace.SOON);
              assertThat(caller.line("started .*", LaunchPlace.SOON).group()).contains("uid 0");
            });
      }
    }
  }

  @Trick(
      name = "a folder above the code renamed under a running program",
      outcome = "where others than root can do it, the code counts as file, never as launcher",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("code in a folder that its user can rename counts as file")
  void movable() throws Exception {
    try (var story = Story.of("code in a user's own folder")) {
      var folder = place.copyOwnedBy("nobody");
      var agent =
          story.opens(
              "it starts",
              () ->
                  place.run(
                      "file-bot",
                      List.of("--user", "nobody", "--code", folder.toString()),
                      "python3",
                      folder.resolve("agent.py").toString()));
      story.step(
          "and says why that is less",
          () ->
              agent
                  .err()
                  .first("notice", text -> text.contains("counts as file"), LaunchPlace.SOON));
      story.step(
          "it is the agent, at that level",
          () -> {
            assertThat(answer(agent, "fetch"))
                .isEqualTo("spiffe://rig.example/agent/finance/file-bot");
            assertThat(place.rig().admin().executions(false).getLast().toString())
                .contains("CODE_ASSURANCE_FILE");
          });
    }
  }

  @Trick(
      name = "the user's terminal reached through a launch",
      outcome = "the program has a terminal of its own, which credence run relays",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a launched program has a terminal of its own: keys, interrupts and size go there")
  void terminal() throws Exception {
    try (var story = Story.of("a terminal")) {
      var words =
          new java.util.ArrayList<>(
              List.of(
                  "/usr/bin/python3",
                  "-c",
                  """
                  import os, pty, sys
                  pid, master = pty.fork()
                  if pid == 0:
                      os.execv(sys.argv[1], sys.argv[1:])
                  seen = b""
                  sent = False
                  while True:
                      try:
                          piece = os.read(master, 4096)
                      except OSError:
                          break
                      if not piece:
                          break
                      seen += piece
                      if b"started" in seen and b"\\n" in seen and not sent:
                          os.write(master, b"tty\\rexit 5\\r")
                          sent = True
                  code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                  print(seen.decode().replace("\\r", ""), flush=True)
                  print("exit", code, flush=True)
                  """));
      words.addAll(place.words("invoice-bot", place.asAccount(), "python3", "agent.py"));
      var user =
          story.opens(
              "a user at a terminal",
              () -> Running.start("terminal", words, java.util.Map.of(), place.code()));
      story.step("the exit code comes back", () -> user.line("exit 5", LaunchPlace.SOON));
      story.step(
          "its terminal is its own",
          () ->
              assertThat(user.log())
                  .containsPattern("answer /dev/pts/[0-9]+")
                  .contains("uid " + place.account().uid()));
    }
  }
}

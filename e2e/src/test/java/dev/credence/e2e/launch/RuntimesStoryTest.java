package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

/// The programs of examples/launch, started by a node.
@DisplayName("agents in five languages that the node starts")
class RuntimesStoryTest {
  private static LaunchPlace place;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static Path copyOf(String example, String name) throws IOException {
    return copyInto(Files.createDirectory(place.rig().file(name)), example);
  }

  private static Path copyInto(Path folder, String example) throws IOException {
    Path from = Path.of(System.getProperty("credence.root")).resolve("examples/launch/" + example);
    try (var files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  private static void builds(Path folder, String... command) throws Exception {
    Files.createDirectories(folder.resolve("build"));
    try (var build = Running.start("build", List.of(command), Map.of(), folder)) {
      assertThat(build.exit(LaunchPlace.SOON)).as(build.log()).isZero();
    }
  }

  /// One example, its code's folder, and how it is run.
  ///
  /// @param folder where the command is given
  /// @param code below it
  /// @param measure options of `agent measure`
  /// @param module a part of it that is not its entry
  private record Example(
      String runtime, Path folder, String code, List<String> measure, String module) {
    String agent() {
      return runtime + "-bot";
    }

    Path codeFolder() {
      return folder.resolve(code).normalize();
    }

    List<String> selectors() throws Exception {
      return place.measured(codeFolder(), measure.toArray(String[]::new));
    }

    String tree() throws Exception {
      return selectors().getFirst().substring("code:tree:".length());
    }

    void register() throws Exception {
      var selectors = new ArrayList<>(selectors());
      selectors.add("launch:runtime:" + runtime);
      place.rig().agent("finance", agent()).forProcesses(selectors.toArray(String[]::new));
    }

    Running run(String... command) throws IOException {
      var options = new ArrayList<>(place.asAccount());
      options.addAll(List.of("--code", codeFolder().toString()));
      return place.runIn(folder, agent(), options, command);
    }
  }

  /// Registered by what `agent measure` says, it is the agent; with one byte more it is not.
  private static void story(Example example, String... command) throws Exception {
    try (var story = Story.of("an agent in " + example.runtime())) {
      story.step("it is registered by what was measured", example::register);
      var before = story.ask("its digest", example::tree);
      var agent = story.opens("it starts", () -> example.run(command));
      story.step(
          "and has its identity",
          () -> {
            assertThat(agent.line("(no )?identity.*", LaunchPlace.SOON).group())
                .isEqualTo(
                    "identity spiffe://rig.example/agent/finance/"
                        + example.agent()
                        + " books the invoices");
            assertThat(agent.exit(LaunchPlace.SOON)).isZero();
          });
      story.step(
          "whose code the launcher vouches for",
          () ->
              assertThat(last(example.agent()).getCode().name())
                  .isEqualTo("CODE_ASSURANCE_LAUNCHER"));
      story.step("one byte of a module changes", () -> oneByte(example));
      var after = story.ask("its digest", example::tree);
      var refused = story.opens("it starts", () -> example.run(command));
      story.step(
          "no more, and is told both digests",
          () -> {
            assertThat(
                    refused
                        .err()
                        .first("refusal", line -> line.contains("expected"), LaunchPlace.SOON))
                .contains("code:tree is " + after + " (expected: " + before + ")");
            assertThat(refused.exit(LaunchPlace.SOON)).isEqualTo(1);
            assertThat(refused.out().all()).isEmpty();
          });
    }
  }

  private static void oneByte(Example example) throws IOException {
    Files.writeString(
        example.codeFolder().resolve(example.module()), " ", StandardOpenOption.APPEND);
  }

  private static Execution last(String agent) {
    return place.rig().admin().executions(true).stream()
        .filter(one -> one.getAgent().equals(agent))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  @Trick(
      name = "one changed byte in a module that an agent in Python imports",
      outcome = "refused: launch, with the measured and the expected digest",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("python")
  void python() throws Exception {
    story(
        new Example(
            "python",
            copyOf("python", "python"),
            "",
            List.of("--entry", "agent.py"),
            "workload.py"),
        "python3",
        "agent.py");
  }

  @Trick(
      name = "one changed byte in a module that an agent in Node.js requires",
      outcome = "refused: launch, with the measured and the expected digest",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.NODE})
  @DisplayName("node")
  void node() throws Exception {
    // Below /tmp, where the rig is, anybody may make a node_modules.
    Path folder = Files.createTempDirectory(Path.of("/opt"), "credence-story");
    try {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      copyInto(folder, "node");
      story(
          new Example("node", folder, "", List.of("--entry", "agent.js"), "workload.js"),
          "node",
          "agent.js");
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Trick(
      name = "one changed byte in a class that an agent in Java uses",
      outcome = "refused: launch, with the measured and the expected digest",
      needs = {Needs.ROOT, Needs.CGROUP2})
  @DisplayName("java")
  void java() throws Exception {
    var bin = JavaCopy.jdk().resolve("bin");
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(bin.toRealPath(), "unix:uid")),
        "the tests' JDK is not root's alone, so no node starts programs with it");
    var folder = copyOf("java", "java");
    builds(
        folder,
        bin.resolve("javac").toString(),
        "-d",
        "build/classes",
        "Agent.java",
        "Workload.java");
    story(
        new Example(
            "java",
            folder,
            "build",
            List.of("--entry", "classes/Agent.class"),
            "classes/Workload.class"),
        bin.resolve("java").toString(),
        "-cp",
        "build/classes",
        "Agent");
  }

  @Trick(
      name = "one byte more in an agent's own program",
      outcome = "refused: launch, with the measured and the expected digest",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.CC})
  @DisplayName("native: a program in C")
  void c() throws Exception {
    story(
        new Example("native", builtC("native"), "build", List.of("--entry", "agent"), "agent"),
        "build/agent");
  }

  private static Path builtC(String name) throws Exception {
    var folder = copyOf("native", name);
    builds(folder, "cc", "-O2", "-o", "build/agent", "agent.c", "workload.c");
    return folder;
  }

  @Trick(
      name = "a launched shell's commands taken for the agent",
      outcome = "the commands have none of its code selectors: each is itself, or nobody",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.CC})
  @DisplayName(
      "shell: measured and known, while what it starts has an identity of its own, or none")
  void shell() throws Exception {
    var example =
        new Example(
            "shell", copyOf("shell", "shell"), "", List.of("--entry", "agent.sh"), "lib.sh");
    Path known = builtC("known").resolve("build/agent");
    Path unknown = Files.copy(known, known.resolveSibling("unknown"));
    Files.writeString(unknown, "x", StandardOpenOption.APPEND);
    try (var story = Story.of("an agent in shell")) {
      story.step("the shell is registered by its code", example::register);
      story.step(
          "one of its commands is registered by itself",
          () ->
              place
                  .rig()
                  .agent("finance", "fetcher")
                  .forProcesses(
                      "unix:uid:" + place.account().uid(), "unix:sha256:" + sha256(known)));
      var agent = story.opens("it starts", () -> example.run("sh", "agent.sh"));
      var pid =
          story.ask(
              "from its measured copy",
              () -> agent.line("started (\\d+) books the invoices", LaunchPlace.SOON).group(1));
      var selectors =
          story.opens(
              "the node is asked about it",
              () ->
                  place.credence(
                      "selectors",
                      "--pid",
                      pid,
                      "--socket",
                      place.rig().node().socket().toString()));
      story.step(
          "and knows its code",
          () -> {
            assertThat(selectors.exit(LaunchPlace.SOON)).isZero();
            assertThat(selectors.log())
                .contains("code:tree:" + example.tree())
                .contains("launcher");
          });
      story.step(
          "a command that nobody registered is nobody",
          () -> assertThat(ask(agent, unknown)).startsWith("no identity"));
      story.step(
          "a command that is registered is itself, not the shell",
          () ->
              assertThat(ask(agent, known))
                  .isEqualTo(
                      "identity spiffe://rig.example/agent/finance/fetcher books the invoices"));
      story.step(
          "no execution is the shell's",
          () ->
              assertThat(place.rig().admin().executions(true))
                  .noneMatch(one -> one.getAgent().equals("shell-bot")));
      story.step("one byte of what it reads in changes", () -> oneByte(example));
      var refused = story.opens("the next one", () -> example.run("sh", "agent.sh"));
      story.step("is refused", () -> assertThat(refused.exit(LaunchPlace.SOON)).isEqualTo(1));
    }
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  private static String ask(Running shell, Path command) throws Exception {
    int from = shell.out().mark();
    shell.say("ask " + command);
    return shell.line(from, "(no )?identity.*", LaunchPlace.SOON).group();
  }

  @Trick(
      name = "old and new code of one agent at the same time",
      outcome = "both run, each from its own copy, as long as both are registered",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("a roll-out: old and new code are two selector sets of one agent")
  void rollOut() throws Exception {
    try (var story = Story.of("a roll-out")) {
      Path helper = place.code().resolve("helper.py");
      var old = place.measured(place.code(), "--entry", "agent.py");
      story.step(
          "the old code is registered",
          () ->
              place.rig().agent("finance", "rolling-bot").forProcesses(old.toArray(String[]::new)));
      var first = story.opens("the old code starts", () -> rolling());
      first.line("started .*helper measured.*", LaunchPlace.SOON);
      Files.writeString(helper, "WORD = \"measured-anew\"\n");
      story.afterwards("old code", () -> Files.writeString(helper, "WORD = \"measured\"\n"));
      story.step(
          "the new code is registered beside it",
          () ->
              place.alsoFor(
                  "finance/rolling-bot", place.measured(place.code(), "--entry", "agent.py")));
      var second = story.opens("the new code starts", () -> rolling());
      second.line("started .*helper measured-anew.*", LaunchPlace.SOON);
      story.step(
          "both are the agent",
          () -> {
            assertThat(fetched(first)).endsWith("/finance/rolling-bot");
            assertThat(fetched(second)).endsWith("/finance/rolling-bot");
          });
      story.step(
          "as two executions of two registrations",
          () ->
              assertThat(
                      place.rig().admin().executions(false).stream()
                          .filter(one -> one.getAgent().equals("rolling-bot"))
                          .map(Execution::getRegistrationId)
                          .distinct())
                  .hasSize(2));
    }
  }

  private static Running rolling() throws IOException {
    return place.run("rolling-bot", place.asAccount(), "python3", "agent.py");
  }

  private static String fetched(Running agent) throws Exception {
    int from = agent.out().mark();
    agent.say("fetch");
    return agent.line(from, "answer (.*)", LaunchPlace.SOON).group(1);
  }
}

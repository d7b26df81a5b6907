package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.container.ScriptedEngine;
import dev.credence.attestors.container.TestGroup;
import dev.credence.attestors.systemd.PrivateBus;
import dev.credence.attestors.systemd.ScriptedSystemd;
import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.rig.RigNode;
import dev.credence.e2e.story.Story;
import dev.credence.node.AttachConfig;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.common.v1.CodeAssurance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("processes of which others on the host say what they are")
class AskedOthersTest {
  private static final String UNIT = "invoice-bot.service";
  private static final Path FRAGMENT = Path.of("/etc/systemd/system/invoice-bot.service");

  @TempDir private Path folder;
  private AttachPlace place;
  private Path agent;

  @BeforeEach
  void start() throws Exception {
    place = AttachPlace.start(folder);
    agent = place.interpreter("agent");
  }

  @AfterEach
  void stop() {
    place.close();
  }

  private RigNode nodeAsking(AttachConfig config) throws Exception {
    return place.rig().addNode(config);
  }

  /// `credence execution show`
  private String shown(Execution execution) throws Exception {
    var words =
        Java.command(
            "-cp",
            String.join(":", Java.classPath()),
            "dev.credence.cli.Main",
            "execution",
            "show",
            execution.getId(),
            "--socket",
            place.rig().adminSocket().toString());
    try (var show = Running.start("execution show", words, Map.of(), Path.of("/tmp"))) {
      assertThat(show.exit(AttachPlace.SOON)).as(show.log()).isZero();
      return String.join("\n", show.out().all());
    }
  }

  @Trick(
      name =
          "a process outside of a unit, of which the bus says that it is that unit's; a unit's child",
      outcome =
          "refused: unregistered; the unit's main process has its identity at level orchestrator, its child without a level",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.DBUS, Needs.PYTHON3})
  void unit() throws Exception {
    try (var story = Story.of("a service of systemd")) {
      var bus =
          story.opens(
              "a bus", () -> PrivateBus.start(Files.createDirectory(folder.resolve("bus"))));
      var systemd = story.opens("systemd answers on it", () -> ScriptedSystemd.on(bus));
      var node =
          story.ask(
              "a node asks there",
              () -> nodeAsking(new AttachConfig(List.of(), List.of(), Optional.of(bus.socket()))));
      place
          .rig()
          .agent("finance", "invoice-bot")
          .forProcesses("systemd:id:" + UNIT, "systemd:fragment_path:" + FRAGMENT);
      var name = "credence-story.slice/" + UNIT;
      var group = story.opens("the unit's control group", () -> TestGroup.make(name));
      var outside = story.opens("a process outside of it", () -> place.caller(agent, node));
      var main = story.opens("the unit's main process", () -> place.caller(agent, node));
      story.step(
          "the bus says of both that they are the unit's",
          () -> {
            systemd.know(main.pid(), UNIT, FRAGMENT, "/" + name, main.pid());
            systemd.know(outside.pid(), UNIT, FRAGMENT, "/" + name, main.pid());
          });
      story.step("the one outside is refused", () -> assertThat(outside.open()).isFalse());
      story.step("the other is moved in", () -> group.take(main.pid()));
      story.step("and is served", () -> assertThat(main.open()).isTrue());
      var execution = place.running(main.pid());
      story.step(
          "systemd vouches for it",
          () ->
              assertThat(execution.getCode()).isEqualTo(CodeAssurance.CODE_ASSURANCE_ORCHESTRATOR));
      story.step(
          "and `execution show` says who controls that",
          () ->
              assertThat(shown(execution))
                  .containsPattern(
                      "systemd:id:invoice-bot\\.service .*controlled by: orchestrator, code: orchestrator")
                  .containsPattern("systemd:fragment_path:\\S+ .*controlled by: orchestrator"));
      var child =
          story.ask(
              "the bus says of its child, too, whose it is",
              () -> {
                int from = main.say("named-child");
                int pid = Integer.parseInt(main.told(from, "forked (\\d+)"));
                systemd.know(pid, UNIT, FRAGMENT, "/" + name, main.pid());
                int asked = main.say("go");
                assertThat(main.told(asked, "child (\\d+) message")).isEqualTo("" + pid);
                return pid;
              });
      story.step(
          "its name says nothing of its code",
          () ->
              assertThat(place.running(child).getCode())
                  .isEqualTo(CodeAssurance.CODE_ASSURANCE_NONE));
      story.step("they end", main::close);
    }
  }

  @Trick(
      name = "an engine that says of one container what is true of another",
      outcome = "refused: the process is not in that container's control groups",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  void lyingEngine() throws Exception {
    try (var story = Story.of("an engine that lies")) {
      var socket = folder.resolve("docker.sock");
      var engine = story.opens("an engine", () -> ScriptedEngine.serve(socket));
      var node =
          story.ask(
              "a node asks it",
              () -> nodeAsking(new AttachConfig(List.of(socket), List.of(), Optional.empty())));
      place
          .rig()
          .agent("finance", "invoice-bot")
          .forProcesses("docker:image_config_digest:" + ScriptedEngine.DIGEST);
      var trusted = "a1".repeat(32);
      var group = story.opens("a registered container", () -> TestGroup.make("docker/" + trusted));
      var first = story.opens("its first process", () -> place.caller(agent, node));
      story.step("runs there", () -> group.take(first.pid()));
      lie(story, node, "b2", (_, pid) -> engine.know(trusted, running(trusted, pid)));
      lie(story, node, "c3", (id, pid) -> engine.know(id, running(trusted, pid)));
      lie(story, node, "d4", (id, _) -> engine.know(id, running(id, first.pid())));
      story.step(
          "the engine says what is true",
          () -> engine.know(trusted, running(trusted, first.pid())));
      story.step("the registered one is served", () -> assertThat(first.open()).isTrue());
      story.step("it ends", first::close);
    }
  }

  /// What the engine says when it is asked about another container, whose process asks.
  @FunctionalInterface
  private interface Lie {
    void tell(String container, int pid);
  }

  /// Each of another container: the node remembers answers for a moment.
  private void lie(Story story, RigNode node, String name, Lie lie) {
    var id = name.repeat(32);
    var group = story.opens("another container", () -> TestGroup.make("docker/" + id));
    var process = story.opens("its process", () -> place.caller(agent, node));
    story.step("runs there", () -> group.take(process.pid()));
    story.step("the engine lies", () -> lie.tell(id, process.pid()));
    story.step("it is refused", () -> assertThat(process.open()).isFalse());
    story.step("it ends", process::close);
  }

  private static String running(String id, int pid) {
    return ScriptedEngine.running(id, pid, Map.of(), List.of());
  }
}

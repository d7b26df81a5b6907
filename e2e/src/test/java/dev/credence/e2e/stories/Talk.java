package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Conversation;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.Dialogue;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Speaker;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.proto.common.v1.SubjectKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;

/// An agent that talks to a tool, with names of their own, in a system that others use too; and
/// what a change does to it, step by step. Both have an open stream of SVIDs; between them a
/// connection is open. Used by one thread.
@NullUnmarked
final class Talk {

  static final String GONE = "PERMISSION_DENIED no identity issued";
  private static final Duration SOON = Duration.ofSeconds(60);

  /// One of the two.
  static final class Party {
    private final Speaker speaker;
    private final Callable<String> shown;
    private Seen now;

    private Party(Speaker speaker, Callable<String> shown) throws Exception {
      this.speaker = speaker;
      this.shown = shown;
      this.now = speaker.open();
    }

    /// What its stream gave last.
    Seen now() {
      return now;
    }

    /// Its process.
    Speaker speaker() {
      return speaker;
    }
  }

  /// What the system says, to be shown if a step fails. It goes on.
  private record Log(Dev dev) implements AutoCloseable, Story.HasLog {
    @Override
    public String log() {
      return dev.log();
    }

    @Override
    public void close() {
      // others use it
    }
  }

  private final Story story;
  private final Dev dev;
  private final Admin admin;
  private final String name;
  private final JavaCopy program;
  private final Dialogue dialogue;
  private final Party agent;
  private final Party tool;

  /// Begins with the agent `{name}/bot` and the service `{name}-tools/ledger`, at a node's socket.
  Talk(Story story, Dev dev, Admin admin, Path socket, Path folder, String name) throws Exception {
    this.story = story;
    this.dev = dev;
    this.admin = admin;
    this.name = name;
    this.program = JavaCopy.in(folder.resolve(name + "-agent"));
    var toolProgram = JavaCopy.in(folder.resolve(name + "-tool"));
    admin.owner(owner());
    admin.owner(toolOwner());
    var service =
        Admin.subject(
            SubjectKind.SUBJECT_KIND_SERVICE, toolOwner(), "ledger", toolProgram.selector());
    var toolId = admin.create(service).getSpiffeId();
    var agentId = admin.create(Admin.agent(owner(), "bot", program.selector())).getSpiffeId();
    story.opens("the system", () -> new Log(dev));
    this.dialogue =
        story.opens(
            "agent and tool with java-spiffe",
            () ->
                Dialogue.start(
                    new Conversation.Side(toolProgram, toolId, socket),
                    new Conversation.Side(program, agentId, socket)));
    this.agent =
        story.ask("the agent opens a stream", () -> new Party(dialogue.agent(), dialogue::call));
    this.tool = story.ask("and so does the tool", () -> new Party(dialogue.tool(), dialogue::peer));
    story.step(
        "a connection that stays",
        () -> assertThat(dialogue.hold()).isEqualTo("ok " + agent.now.serial()));
  }

  String owner() {
    return name;
  }

  String toolOwner() {
    return name + "-tools";
  }

  String bot() {
    return owner() + "/bot";
  }

  String ledger() {
    return toolOwner() + "/ledger";
  }

  JavaCopy program() {
    return program;
  }

  Dialogue dialogue() {
    return dialogue;
  }

  Party agent() {
    return agent;
  }

  Party tool() {
    return tool;
  }

  /// The stream ends with this; what the library holds, it holds still; nothing new is had.
  void ended(Party party, String end, String... command) {
    int mark = party.speaker.mark();
    command(command);
    story.step("its stream: " + end, () -> assertThat(party.speaker.closed(mark)).startsWith(end));
    story.step("the execution has ended", () -> assertThat(isOver(party)).isTrue());
    story.step("the open connection: nobody closes it", this::goesOn);
    story.step(
        "the next handshake: java-spiffe shows what it holds, until notAfter; not guaranteed, and"
            + " bounded by it",
        () -> assertThat(party.shown.call()).isEqualTo("ok " + party.now.serial()));
    story.step(
        "the execution's process gets nothing more",
        () -> assertThat(party.speaker.refused()).startsWith("PERMISSION_DENIED"));
  }

  /// It comes back: a new execution on a new stream, and java-spiffe finds it by itself.
  void comesBack(Party party, String... command) {
    command(command);
    var before = party.now;
    party.now =
        story
            .ask(
                "a new stream: a new execution",
                () ->
                    Await.answer("an identity", party.speaker::tryOpen, Optional::isPresent, SOON))
            .orElseThrow();
    story.step(
        "which it is", () -> assertThat(party.now.execution()).isNotEqualTo(before.execution()));
    story.step("java-spiffe has it too, and the next handshake shows it", () -> isShown(party));
    story.step("the open connection is still the old one", this::goesOn);
  }

  /// A new SVID of the same execution comes on the open stream.
  void renewed(Party party, String... command) {
    int mark = party.speaker.mark();
    command(command);
    var before = party.now;
    party.now = story.ask("its stream: a new SVID", () -> party.speaker.message(mark));
    story.step(
        "of the same execution",
        () -> {
          assertThat(party.now.execution()).isEqualTo(before.execution());
          assertThat(party.now.serial()).isNotEqualTo(before.serial());
        });
    story.step("the next handshake shows it", () -> isShown(party));
    story.step("the open connection is the old one, and goes on", this::goesOn);
  }

  /// The executions go on; the agent may have a new SVID of its own.
  void goesOnAfter(String... command) {
    command(command);
    story.step(
        "executions, connection and handshakes go on",
        () -> {
          assertThat(isOver(agent)).isFalse();
          assertThat(isOver(tool)).isFalse();
          goesOn();
          assertThat(dialogue.call()).startsWith("ok ");
          assertThat(dialogue.peer()).isEqualTo("ok " + tool.now.serial());
          var seen = agent.speaker.open();
          assertThat(seen.execution()).isEqualTo(agent.now.execution());
          agent.now = seen;
        });
  }

  void command(String... command) {
    story.step(String.join(" ", command), () -> dev.credence(command).done());
  }

  void goesOn() throws Exception {
    assertThat(dialogue.ping()).startsWith("ok ");
  }

  /// No handshake with the agent's SVID is accepted any more.
  void isRefused() throws Exception {
    Await.answer(
        "a refused handshake",
        dialogue::call,
        said -> said.startsWith("failed"),
        Duration.ofMinutes(2));
  }

  private boolean isOver(Party party) {
    return admin.execution(party.now.execution()).hasEndedAt();
  }

  private void isShown(Party party) throws Exception {
    var expected = "ok " + party.now.serial();
    Await.answer("handshake \"" + expected + "\"", party.shown::call, expected::equals, SOON);
  }
}

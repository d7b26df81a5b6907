package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Conversation;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.Dialogue;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.proto.common.v1.SubjectKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What docs/howto/changes.md says of peers that use an SPIFFE library, step by step: an agent with
/// an open stream of SVIDs and an open mTLS connection to a tool, both with unmodified java-spiffe.
@DisplayName("changes while an agent talks to a tool over mTLS")
@NullUnmarked
class ConversationStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String GONE = "PERMISSION_DENIED no identity issued";

  @TempDir Path folder;
  private Dev dev;
  private Admin admin;
  private Dialogue dialogue;
  private JavaCopy program;
  private Seen now;

  private void begin(Story story) throws Exception {
    dev = story.opens("credence dev", () -> Dev.start(folder.resolve("dev")));
    admin = story.opens("an administrator", dev::admin);
    program = JavaCopy.in(folder.resolve("agent"));
    var tool = JavaCopy.in(folder.resolve("tool"));
    admin.owner("shop");
    admin.owner("finance");
    var toolId =
        admin
            .create(
                Admin.subject(SubjectKind.SUBJECT_KIND_SERVICE, "shop", "ledger", tool.selector()))
            .getSpiffeId();
    var agentId = admin.create(Admin.agent("finance", "bot", program.selector())).getSpiffeId();
    dialogue =
        story.opens(
            "agent and tool with java-spiffe",
            () ->
                Dialogue.start(
                    dev.socket(),
                    new Conversation.Side(tool, toolId),
                    new Conversation.Side(program, agentId)));
    now = story.ask("the agent opens a stream", dialogue::open);
    story.step(
        "and a connection that stays",
        () -> assertThat(dialogue.hold()).isEqualTo("ok " + now.serial()));
  }

  /// The stream ends with this; what the library holds, it holds still; nothing new is had.
  private void ended(Story story, String what, String end, String... command) {
    int mark = dialogue.mark();
    story.step(what, () -> dev.credence(command).done());
    story.step("its stream: " + end, () -> assertThat(dialogue.closed(mark)).startsWith(end));
    story.step(
        "the execution has ended",
        () -> assertThat(admin.execution(now.execution()).hasEndedAt()).isTrue());
    story.step("the open connection: nobody closes it", this::goesOn);
    story.step(
        "the next handshake: java-spiffe shows what it holds, until notAfter; not guaranteed, and bounded by it",
        () -> assertThat(dialogue.call()).isEqualTo("ok " + now.serial()));
    story.step(
        "the execution's process gets nothing more",
        () -> {
          int from = dialogue.mark();
          dialogue.agent().say("stream");
          assertThat(dialogue.closed(from)).startsWith("PERMISSION_DENIED");
        });
  }

  private void goesOn() throws Exception {
    assertThat(dialogue.ping()).startsWith("ok ");
  }

  /// It comes back: a new execution on a new stream, and java-spiffe finds it by itself.
  private void comesBack(Story story, String what, String... command) {
    story.step(what, () -> dev.credence(command).done());
    var before = now;
    now =
        story.ask(
            "a new stream: a new execution",
            () ->
                Await.answer(
                    "an identity", this::tryStream, seen -> !seen.execution().isEmpty(), SOON));
    story.step("which it is", () -> assertThat(now.execution()).isNotEqualTo(before.execution()));
    story.step(
        "java-spiffe has it too, and the next handshake shows it",
        () -> eventually("ok " + now.serial()));
    story.step("the open connection is still the old one", this::goesOn);
  }

  private Seen tryStream() throws Exception {
    int from = dialogue.mark();
    dialogue.agent().say("stream");
    var answer = dialogue.agent().line(from, "(message|closed) \\d+ (.*)", SOON);
    return answer.group(1).equals("message")
        ? Seen.parse(answer.group(2)).getFirst()
        : new Seen("", "", "", "");
  }

  private void eventually(String expected) throws Exception {
    Predicate<String> fits = said -> said.equals(expected);
    Await.answer("handshake \"" + expected + "\"", dialogue::call, fits, SOON);
  }

  @Test
  @DisplayName(
      "update, selector sets, owner's record, hand-over: the execution goes on or gets its new name, on the open stream")
  void goingOn() throws Exception {
    try (var story = Story.of("changes that do not end what runs")) {
      begin(story);
      int mark = dialogue.mark();
      var before = now;
      story.step(
          "agent update --ttl 5m",
          () -> dev.credence("agent", "update", "finance/bot", "--ttl", "5m").done());
      now = story.ask("its stream: a new SVID", () -> dialogue.message(mark));
      story.step(
          "of the same execution",
          () -> {
            assertThat(now.execution()).isEqualTo(before.execution());
            assertThat(now.serial()).isNotEqualTo(before.serial());
          });
      story.step("the next handshake shows it", () -> eventually("ok " + now.serial()));
      story.step("the open connection is the old one, and goes on", this::goesOn);

      var set =
          admin.subjects(SubjectKind.SUBJECT_KIND_AGENT).getFirst().getRegistrations(0).getId();
      story.step(
          "agent selector add",
          () ->
              dev.credence(
                      "agent",
                      "selector",
                      "add",
                      "finance/bot",
                      "--selector",
                      program.selector(),
                      "--selector",
                      "unix:uid:" + uid())
                  .done());
      story.step(
          "agent selector remove, of the set through which it came: the other one holds it",
          () -> dev.credence("agent", "selector", "remove", "finance/bot", set).done());
      story.step(
          "owner update",
          () -> dev.credence("owner", "update", "finance", "--display", "F").done());
      story.step(
          "the execution goes on, and so do connection and handshakes",
          () -> {
            assertThat(admin.execution(now.execution()).hasEndedAt()).isFalse();
            goesOn();
            assertThat(dialogue.call()).startsWith("ok ");
            assertThat(dialogue.open().execution()).isEqualTo(now.execution());
          });

      int transfer = dialogue.mark();
      story.step(
          "owner transfer", () -> dev.credence("owner", "transfer", "finance", "shop").done());
      story.step(
          "its stream: the new name, in a new execution",
          () -> {
            var renamed = dialogue.message(transfer);
            assertThat(renamed.spiffeId()).endsWith("/agent/shop/bot");
            assertThat(renamed.execution()).isNotEqualTo(now.execution());
          });
      story.step(
          "the next handshake fails at a tool that expects the old name",
          () ->
              Await.answer(
                  "a refused handshake", dialogue::call, said -> said.startsWith("failed"), SOON));
      story.step("the open connection: nobody closes it", this::goesOn);
    }
  }

  @Test
  @DisplayName(
      "suspend and resume, of the agent and of its owner; revoke and unbar; retire: the stream ends at once, what is open stays")
  void ending() throws Exception {
    try (var story = Story.of("changes that end what runs")) {
      begin(story);
      ended(story, "agent suspend", GONE, "agent", "suspend", "finance/bot");
      comesBack(story, "agent resume", "agent", "resume", "finance/bot");
      ended(story, "owner suspend", GONE, "owner", "suspend", "finance");
      comesBack(story, "owner resume", "owner", "resume", "finance");
      ended(story, "execution revoke", GONE + ": ", "execution", "revoke", now.execution());
      var fresh =
          story.opens("a fresh process of the agent", () -> Workload.start(program, dev.socket()));
      story.step(
          "has no identity, and so no handshake at all",
          () -> assertThat(fresh.refused()).startsWith(GONE));
      comesBack(story, "execution unbar", "execution", "unbar", now.execution());
      ended(story, "agent retire", GONE, "agent", "retire", "finance/bot");
    }
  }

  @Test
  @DisplayName("node suspend and resume, node ban: every stream of the node ends at once")
  void node() throws Exception {
    try (var story = Story.of("a node is taken out of service")) {
      begin(story);
      var node = admin.nodes().getFirst().getId();
      ended(story, "node suspend", "PERMISSION_DENIED", "node", "suspend", node);
      comesBack(story, "node resume", "node", "resume", node);
      ended(story, "node ban", "PERMISSION_DENIED", "node", "ban", node);
    }
  }

  @Test
  @DisplayName(
      "suspended with SVIDs of a minute: after notAfter no handshake succeeds; the open connection lives on")
  void expiry() throws Exception {
    try (var story = Story.of("how long a suspended agent is still accepted")) {
      begin(story);
      int mark = dialogue.mark();
      story.step(
          "agent update --ttl 1m",
          () -> dev.credence("agent", "update", "finance/bot", "--ttl", "1m").done());
      now = story.ask("its stream: an SVID of a minute", () -> dialogue.message(mark));
      story.step("which java-spiffe has", () -> eventually("ok " + now.serial()));
      long begun = System.nanoTime();
      story.step("agent suspend", () -> dev.credence("agent", "suspend", "finance/bot").done());
      story.step(
          "until notAfter it is accepted, then not",
          () ->
              Await.answer(
                  "a refused handshake",
                  dialogue::call,
                  said -> said.startsWith("failed"),
                  Duration.ofSeconds(90)));
      story.measured(
          "suspend → no handshake any more", Duration.ofNanos(System.nanoTime() - begun));
      story.step("the open connection: nobody closes it", this::goesOn);
    }
  }

  private static Object uid() throws java.io.IOException {
    return java.nio.file.Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}

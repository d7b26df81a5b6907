package dev.credence.e2e.stories;

import static dev.credence.e2e.stories.Talk.GONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.JoinToken;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.common.v1.SubjectKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// What docs/howto/changes.md says of peers that use an SPIFFE library, step by step: an agent and
/// a tool with open streams of SVIDs and an open mTLS connection between them, both with unmodified
/// java-spiffe. All in one running system; each story has names, and where it stops nodes a node,
/// of its own.
@DisplayName("changes while an agent talks to a tool over mTLS")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@NullUnmarked
class ConversationStoryTest {

  private static final int LAST = 100;

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;
  private static Story expiry;
  private static Talk expiring;
  private static long suspended;

  /// What has to be waited for begins first, and is looked at last.
  @BeforeAll
  static void start() throws Exception {
    expiry = Story.of("how long a suspended agent is still accepted");
    dev = expiry.opens("credence dev", () -> Dev.start(folder.resolve("dev")));
    admin = expiry.opens("an administrator", dev::admin);
    expiring = talk(expiry, "expiring");
    expiring.renewed(expiring.agent(), "agent", "update", expiring.bot(), "--ttl", "1m");
    expiring.command("agent", "suspend", expiring.bot());
    suspended = System.nanoTime();
  }

  @AfterAll
  static void stop() {
    expiry.close();
  }

  private static Talk talk(Story story, String name) throws Exception {
    return new Talk(story, dev, admin, dev.socket(), folder, name);
  }

  @Test
  @DisplayName(
      "agent update, selector sets, owner's record, hand-over: the execution goes on or gets its"
          + " new name, on the open stream")
  void goingOn() throws Exception {
    try (var story = Story.of("changes that do not end what runs")) {
      var talk = talk(story, "going-on");
      talk.renewed(talk.agent(), "agent", "update", talk.bot(), "--ttl", "5m");
      var set = onlySet(talk.owner());
      talk.goesOnAfter(
          "agent",
          "selector",
          "add",
          talk.bot(),
          "--selector",
          talk.program().selector(),
          "--selector",
          "unix:uid:" + uid());
      // The set through which it came: the other one holds it.
      talk.goesOnAfter("agent", "selector", "remove", talk.bot(), set);
      talk.goesOnAfter("owner", "update", talk.owner(), "--display", "F");

      int transfer = talk.agent().speaker().mark();
      talk.command("owner", "transfer", talk.owner(), talk.toolOwner());
      story.step(
          "its stream: the new name, in a new execution",
          () -> {
            var name = "/agent/" + talk.toolOwner() + "/bot";
            var renamed = talk.agent().speaker().message(transfer, name);
            assertThat(renamed.execution()).isNotEqualTo(talk.agent().now().execution());
          });
      story.step("the next handshake fails at a tool that expects the old name", talk::isRefused);
      story.step("the open connection: nobody closes it", talk::goesOn);
    }
  }

  @Test
  @DisplayName(
      "suspend and resume, of the agent and of its owner; revoke and unbar; retire: the stream ends"
          + " at once, what is open stays")
  void ending() throws Exception {
    try (var story = Story.of("changes that end what runs")) {
      var talk = talk(story, "ending");
      var agent = talk.agent();
      talk.ended(agent, GONE, "agent", "suspend", talk.bot());
      talk.comesBack(agent, "agent", "resume", talk.bot());
      talk.ended(agent, GONE, "owner", "suspend", talk.owner());
      talk.comesBack(agent, "owner", "resume", talk.owner());
      talk.ended(agent, GONE + ": ", "execution", "revoke", agent.now().execution());
      var fresh =
          story.opens(
              "a fresh process of the agent", () -> Workload.start(talk.program(), dev.socket()));
      story.step(
          "has no identity, and so no handshake at all",
          () -> assertThat(fresh.refused()).startsWith(GONE));
      talk.comesBack(agent, "execution", "unbar", agent.now().execution());
      story.step(
          "the owner cannot be retired while it answers for a living agent",
          () -> dev.credence("owner", "retire", talk.owner()).refused(1, talk.owner(), "retire"));
      talk.ended(agent, GONE, "agent", "retire", talk.bot());
      talk.command("owner", "retire", talk.owner());
      story.step("the open connection: nobody closes it", talk::goesOn);
      story.step(
          "the tool, of another owner, has what it had",
          () -> assertThat(talk.tool().speaker().open()).isEqualTo(talk.tool().now()));
    }
  }

  @Test
  @DisplayName(
      "the service that is called: update, suspend and resume of it and of its owner, retire; the"
          + " caller sees it in the next handshake")
  void service() throws Exception {
    try (var story = Story.of("changes of the service that an agent talks to")) {
      var talk = talk(story, "serving");
      var tool = talk.tool();
      talk.renewed(tool, "service", "update", talk.ledger(), "--ttl", "30m");
      talk.ended(tool, GONE, "service", "suspend", talk.ledger());
      talk.comesBack(tool, "service", "resume", talk.ledger());
      talk.ended(tool, GONE, "owner", "suspend", talk.toolOwner());
      talk.comesBack(tool, "owner", "resume", talk.toolOwner());
      talk.ended(tool, GONE, "service", "retire", talk.ledger());
      story.step(
          "the agent has what it had",
          () -> assertThat(talk.agent().speaker().open()).isEqualTo(talk.agent().now()));
    }
  }

  @Test
  @DisplayName(
      "node suspend and resume, node ban, node evict: every stream of the node ends at once")
  void nodes() throws Exception {
    try (var story = Story.of("nodes are taken out of service")) {
      var first = node(story, "first");
      var second = node(story, "second");
      var talk = new Talk(story, dev, admin, first.socket(), folder, "banned");
      var other = new Talk(story, dev, admin, second.socket(), folder, "evicted");
      talk.ended(talk.agent(), "PERMISSION_DENIED", "node", "suspend", first.id());
      story.step(
          "the other node's agent has what it had",
          () -> assertThat(other.agent().speaker().open()).isEqualTo(other.agent().now()));
      talk.comesBack(talk.agent(), "node", "resume", first.id());
      talk.ended(talk.agent(), "PERMISSION_DENIED", "node", "ban", first.id());
      other.ended(other.agent(), "PERMISSION_DENIED", "node", "evict", second.id());
    }
  }

  private record Member(String id, Path socket) {}

  private static Member node(Story story, String name) throws Exception {
    var token = admin.joinToken();
    var before = admin.nodes().stream().map(Node::getId).collect(Collectors.toSet());
    var contents = JoinToken.parse(token);
    var home = folder.resolve(name);
    var config = Daemon.nodeConfig(home, contents.servers().getFirst().toString(), token);
    Files.writeString(
        config,
        Files.readString(config).replace("test.example", contents.trustDomain().toString()));
    story.opens("node " + name, () -> Daemon.ready("node", config));
    var id =
        admin.nodes().stream()
            .map(Node::getId)
            .filter(node -> !before.contains(node))
            .findFirst()
            .orElseThrow();
    return new Member(id, home.resolve("api.sock"));
  }

  @Test
  @Order(LAST)
  @DisplayName(
      "suspended with SVIDs of a minute: after notAfter no handshake succeeds; the open connection"
          + " lives on")
  void expiry() {
    expiry.step("until notAfter it is accepted, then not", expiring::isRefused);
    expiry.measured(
        "at most, since agent suspend", Duration.ofNanos(System.nanoTime() - suspended));
    expiry.step("the open connection: nobody closes it", expiring::goesOn);
  }

  private static String onlySet(String owner) {
    return admin.subjects(SubjectKind.SUBJECT_KIND_AGENT).stream()
        .filter(agent -> agent.getOwner().equals(owner))
        .map(agent -> agent.getRegistrations(0).getId())
        .findFirst()
        .orElseThrow();
  }

  private static Object uid() throws java.io.IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}

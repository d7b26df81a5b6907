package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.rig.RigNode;
import dev.credence.e2e.story.Story;
import dev.credence.node.KernelNews;
import dev.credence.platform.linux.ProcessEvents;
import dev.credence.proto.admin.v1.Execution;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("exec, where the kernel does not tell the node of it")
class AttachBoundTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration LIFETIME = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private AttachPlace place;
  private Path agent;

  @BeforeEach
  void start() throws Exception {
    place = AttachPlace.start(folder);
    agent = place.interpreter("agent");
    place.rig().agent("finance", "bot").jwt(true).ttl(LIFETIME).forProcesses("unix:path:" + agent);
  }

  @AfterEach
  void stop() {
    place.close();
  }

  /// As on a host whose kernel has no process connector for the node.
  private RigNode untold(Duration interval) throws Exception {
    return place
        .rig()
        .addNode(
            _ -> {
              throw new IOException("the kernel tells nothing");
            },
            interval);
  }

  /// A caller of that node which has an identity.
  private PythonCaller served(Story story, RigNode node) throws Exception {
    var caller = story.opens("a caller", () -> place.caller(agent, node));
    story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
    return caller;
  }

  /// It executes itself, and keeps its connection.
  ///
  /// @return the place from which on it says more
  private int execs(Story story, PythonCaller caller) throws Exception {
    int from = caller.say("exec-kept " + agent);
    story.step("it executes itself", () -> caller.told(from, "started (\\d+)"));
    return from;
  }

  private void hasEnded(Story story, Execution execution) throws Exception {
    story.step(
        "the execution has ended",
        () -> assertThat(place.endReasonAtOnce(execution)).isEqualTo("process-changed"));
  }

  private static void isClosed(Story story, PythonCaller caller, int from) throws Exception {
    story.step(
        "its stream too, without a word",
        () -> assertThat(caller.told(from, "kept (message|closed) \\d+")).isEqualTo("closed"));
  }

  private boolean hasEnded(Execution execution) {
    return place.admin().execution(execution.getId()).hasEndedAt();
  }

  @Trick(
      name = "exec where the kernel does not tell of it",
      outcome = "ended: process-changed, at the next interval; nothing is told to the new program",
      needs = Needs.PYTHON3)
  void interval() throws Exception {
    try (var story = Story.of("exec is found by the interval")) {
      var node = story.ask("a node that hears nothing", () -> untold(INTERVAL));
      var caller = served(story, node);
      var execution = place.running(caller.pid());
      int from = execs(story, caller);
      story.step(
          "shortly before the interval nobody has noticed",
          () -> {
            place.rig().clock().advance(INTERVAL.minusSeconds(1));
            assertThat(hasEnded(execution)).isFalse();
          });
      story.step("the interval is over", () -> place.rig().clock().advance(Duration.ofSeconds(1)));
      hasEnded(story, execution);
      isClosed(story, caller, from);
    }
  }

  @Trick(
      name = "a JWT-SVID asked for over the connection of the program before exec, untold",
      outcome = "refused; ended: process-changed, without any interval",
      needs = Needs.PYTHON3)
  void token() throws Exception {
    try (var story = Story.of("exec is found by each token")) {
      var node = story.ask("a node that never looks by itself", () -> untold(NEVER));
      var caller = story.opens("a caller", () -> place.caller(agent, node));
      story.step(
          "it has a certificate and a token over one connection",
          () -> assertThat(caller.ask("token", "token (answered|refused)")).isEqualTo("answered"));
      var execution = place.running(caller.pid());
      int from = caller.say("token-late " + agent);
      story.step(
          "it executes itself, and gets no token over that connection",
          () -> assertThat(caller.told(from, "token (answered|refused)")).isEqualTo("refused"));
      hasEnded(story, execution);
    }
  }

  @Trick(
      name = "a renewal for the program that came by exec, untold",
      outcome = "ended: process-changed; the new certificate is told to nobody",
      needs = Needs.PYTHON3)
  void renewal() throws Exception {
    try (var story = Story.of("exec is found by each renewal")) {
      var node = story.ask("a node that never looks by itself", () -> untold(NEVER));
      var caller = served(story, node);
      var execution = place.running(caller.pid());
      int from = execs(story, caller);
      story.step("nobody has noticed", () -> assertThat(hasEnded(execution)).isFalse());
      story.step(
          "the time comes for a renewal",
          () -> place.rig().clock().advance(LIFETIME.minusSeconds(5)));
      hasEnded(story, execution);
      isClosed(story, caller, from);
    }
  }

  @Trick(
      name = "so many events at once that the kernel throws some away (ENOBUFS)",
      outcome = "every process is looked at; ended: process-changed, before the next look",
      needs = Needs.PYTHON3)
  void lostEvents() throws Exception {
    try (var story = Story.of("events are lost")) {
      var heard = new AtomicReference<ProcessEvents.Listener>();
      KernelNews news =
          listener -> {
            heard.set(listener);
            return () -> {};
          };
      var node =
          story.ask("a node that is told by the test", () -> place.rig().addNode(news, NEVER));
      var caller = served(story, node);
      var execution = place.running(caller.pid());
      story.step("it executes itself", () -> caller.ask("exec " + agent, "started (\\d+)"));
      story.step("some events are lost", () -> heard.get().missed());
      hasEnded(story, execution);
    }
  }
}

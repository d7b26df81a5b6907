package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Ends;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Story;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a forced end, through the built programs")
class RevokeStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String BARRED = "PERMISSION_DENIED no identity issued: ";

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;
  private static JavaCopy agent;
  private static JavaCopy bystander;

  @BeforeAll
  static void start() throws Exception {
    dev = Dev.start(folder.resolve("dev"));
    admin = dev.admin();
    agent = JavaCopy.in(folder.resolve("agent"));
    bystander = JavaCopy.in(folder.resolve("bystander"));
    admin.owner("finance");
    admin.create(Admin.agent("finance", "invoice-bot", agent.selector()));
    admin.create(Admin.agent("finance", "report-bot", bystander.selector()));
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    dev.close();
  }

  @Test
  @DisplayName(
      "revoke: gone at once; no reconnect, fork, double fork or exec brings it back; unbar")
  void revoke() throws Exception {
    try (var story = Story.of("an execution is revoked")) {
      var process = story.opens("an agent process", () -> Workload.start(agent, dev.socket()));
      var sibling =
          story.opens("another one of the same agent", () -> Workload.start(agent, dev.socket()));
      var other =
          story.opens("a process of another agent", () -> Workload.start(bystander, dev.socket()));
      var svid = story.ask("it fetches", () -> process.fetch().getFirst());
      story.step(
          "the others fetch, too",
          () -> {
            sibling.fetch();
            other.fetch();
          });
      int mark = process.mark();
      int siblings = sibling.mark();
      long asked = System.nanoTime();
      story.step(
          "execution revoke",
          () ->
              assertThat(
                      dev.credence(
                              "execution", "revoke", svid.execution(), "--reason", "exfiltrates")
                          .done()
                          .out())
                  .contains("revoked: exfiltrates")
                  .containsPattern("Others ended with it +1"));
      story.step(
          "its stream closes as not entitled",
          () -> assertThat(process.closed(mark, SOON)).startsWith(BARRED));
      story.measured(
          "start of `execution revoke` (a new JVM) → stream closed",
          Duration.ofNanos(System.nanoTime() - asked));
      story.step(
          "so does that of the other process of this agent, which may descend from it",
          () -> assertThat(sibling.closed(siblings, SOON)).startsWith(BARRED));
      story.step("it reconnects", () -> assertThat(process.refused()).startsWith(BARRED));
      story.step(
          "it forks", () -> assertThat(process.child(agent, false)).startsWith("closed " + BARRED));
      story.step(
          "it forks twice, so that nobody knows whose child that is",
          () -> assertThat(process.child(agent, true)).startsWith("closed " + BARRED));
      story.step(
          "it exec's itself, keeping its sockets",
          () -> {
            process.exec(agent, true);
            assertThat(process.refused()).startsWith(BARRED);
          });
      var fresh = story.opens("a fresh process", () -> Workload.start(agent, dev.socket()));
      story.step(
          "is refused as well: in attach mode descent can be shed",
          () -> assertThat(fresh.refused()).startsWith(BARRED));
      story.step("the other agent goes on", () -> assertThat(other.fetch()).hasSize(1));
      story.step(
          "the bar is listed",
          () ->
              assertThat(dev.credence("execution", "list", "--barred").done().out())
                  .contains(svid.execution(), "finance/invoice-bot", "exfiltrates"));
      story.step(
          "explain says why it has no identity",
          () ->
              assertThat(
                      dev.credence("explain", "--pid", Integer.toString(fresh.process().pid()))
                          .done()
                          .out())
                  .contains("barred on this node: no identity", svid.execution()));
      story.step(
          "execution unbar",
          () -> dev.credence("execution", "unbar", svid.execution(), "--reason", "checked").done());
      var again = story.ask("it is served again", () -> fresh.fetch().getFirst());
      story.step(
          "by another execution",
          () -> assertThat(again.execution()).isNotEqualTo(svid.execution()));
      story.step(
          "every step is an event",
          () ->
              assertThat(admin.events())
                  .extracting(it -> it.getKind())
                  .contains("bar-set", "bar-lifted", "execution-ended"));
    }
  }

  @Test
  @DisplayName("revoke → gone from the socket; the time is printed")
  void time() throws Exception {
    try (var story = Story.of("how long a revocation takes")) {
      for (int round = 1; round <= 5; round++) {
        var process = story.opens("an agent process", () -> Workload.start(agent, dev.socket()));
        var svid = story.ask("it fetches", () -> process.fetch().getFirst());
        int mark = process.mark();
        long asked = System.nanoTime();
        story.step(
            "revoked over an open connection", () -> new Ends(admin).revoke(svid.execution()));
        long answered = System.nanoTime();
        story.step("gone", () -> assertThat(process.closed(mark, SOON)).startsWith(BARRED));
        story.measured("revoke asked → answered, durable", Duration.ofNanos(answered - asked));
        story.measured(
            "revoke asked → gone from the socket", Duration.ofNanos(System.nanoTime() - asked));
        story.step("lifted again", () -> new Ends(admin).unbar(svid.execution()));
      }
    }
  }
}

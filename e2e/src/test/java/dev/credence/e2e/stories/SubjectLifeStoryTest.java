package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.proto.admin.v1.Registration;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.SubjectKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("agents change while their streams are open")
class SubjectLifeStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int TIMES = 15;

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    dev = Dev.start(folder.resolve("dev"));
    admin = dev.admin();
    admin.owner("finance");
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    dev.close();
  }

  @Test
  @DisplayName(
      "suspend: announced, then gone from the socket; resume: usable; who and why are known")
  void suspend() throws Exception {
    var program = JavaCopy.in(folder.resolve("suspend"));
    admin.create(Admin.agent("finance", "suspended-bot", program.selector()));
    try (var story = Story.of("an agent is suspended and resumed")) {
      var process = story.opens("a process", () -> Workload.start(program, dev.socket()));
      var first = story.ask("it fetches, and keeps its stream", () -> only(process));
      story.step(
          "a dry run says which execution would end, and changes nothing",
          () ->
              assertThat(
                      dev.credence("agent", "suspend", "finance/suspended-bot", "--dry-run")
                          .done()
                          .out())
                  .contains("dry run")
                  .contains("active")
                  .contains("suspended")
                  .contains(first.execution())
                  .contains("ends: subject-suspended"));
      int mark = process.mark();
      var said =
          story.ask(
              "suspend",
              () ->
                  dev.credence(
                          "agent", "suspend", "finance/suspended-bot", "--reason", "incident 7")
                      .done()
                      .out());
      story.step(
          "it says the same list as done",
          () -> assertThat(said).startsWith("done").contains(first.execution()));
      story.step(
          "the open stream ends: no identity is left",
          () ->
              assertThat(process.closed(mark, SOON))
                  .isEqualTo("PERMISSION_DENIED no identity issued"));
      story.step(
          "the execution has ended, and why",
          () ->
              assertThat(admin.execution(first.execution()).getEndReason())
                  .isEqualTo("subject-suspended"));
      story.step(
          "a new stream gets nothing",
          () -> assertThat(process.refused()).startsWith("PERMISSION_DENIED"));
      story.step(
          "explain says why",
          () ->
              assertThat(
                      dev.credence("explain", "--pid", Integer.toString(process.process().pid()))
                          .done()
                          .out())
                  .contains("it matches, but is suspended: no identity"));
      story.step(
          "event list says who changed what, from what to what, and why",
          () ->
              assertThat(
                      dev.credence("event", "list", "--agent", "finance/suspended-bot")
                          .done()
                          .out())
                  .contains("agent-suspended")
                  .contains("state.from=active")
                  .contains("state.to=suspended")
                  .contains("reason=incident 7"));
      story.step("resume", () -> dev.credence("agent", "resume", "finance/suspended-bot").done());
      var second = story.ask("a new stream of the same process", () -> only(process));
      story.step(
          "is a new execution",
          () -> assertThat(second.execution()).isNotEqualTo(first.execution()));
    } finally {
      retire("suspended-bot");
    }
  }

  @Test
  @DisplayName("suspended → gone from the socket, resumed → usable: measured")
  void measured() throws Exception {
    var program = JavaCopy.in(folder.resolve("measured"));
    admin.create(Admin.agent("finance", "measured-bot", program.selector()));
    try (var story = Story.of("how fast a suspension is at the socket");
        var process = Workload.start(program, dev.socket())) {
      long[] gone = new long[TIMES];
      for (int i = 0; i < TIMES; i++) {
        var svid = only(process);
        assertThat(svid.spiffeId()).endsWith("/measured-bot");
        int mark = process.mark();
        long begun = System.nanoTime();
        admin.suspend("finance/measured-bot");
        assertThat(process.closed(mark, SOON)).startsWith("PERMISSION_DENIED");
        gone[i] = System.nanoTime() - begun;
        admin.resume("finance/measured-bot");
      }
      Arrays.sort(gone);
      story.measured(
          "suspend called → gone from the socket, median of " + TIMES,
          Duration.ofNanos(gone[TIMES / 2]));
      story.measured("the slowest of them", Duration.ofNanos(gone[TIMES - 1]));
    } finally {
      retire("measured-bot");
    }
  }

  @Test
  @DisplayName("update: the open stream gets a new SVID of the same execution at once")
  void update() throws Exception {
    var program = JavaCopy.in(folder.resolve("update"));
    admin.create(Admin.agent("finance", "updated-bot", program.selector()));
    try (var story = Story.of("an agent is updated")) {
      var process = story.opens("a process", () -> Workload.start(program, dev.socket()));
      var first = story.ask("it fetches, and keeps its stream", () -> only(process));
      int mark = process.mark();
      var said =
          story.ask(
              "update",
              () ->
                  dev.credence(
                          "agent",
                          "update",
                          "finance/updated-bot",
                          "--ttl",
                          "5m",
                          "--hint",
                          "main",
                          "--dns",
                          "bot.example")
                      .done()
                      .out());
      story.step(
          "old and new values are said",
          () ->
              assertThat(said.replaceAll(" +", " "))
                  .contains("svid-ttl 10m 5m")
                  .contains("dns-names - bot.example")
                  .contains("goes on, with a new SVID"));
      var second =
          story.ask("a message on the open stream", () -> process.message(mark, SOON).getFirst());
      story.step(
          "another serial, the same execution",
          () -> {
            assertThat(second.serial()).isNotEqualTo(first.serial());
            assertThat(second.execution()).isEqualTo(first.execution());
          });
    } finally {
      retire("updated-bot");
    }
  }

  @Test
  @DisplayName("selector sets: any leads to the identity; the last of an active agent stays")
  void sets() throws Exception {
    var program = JavaCopy.in(folder.resolve("old"));
    var other = JavaCopy.in(folder.resolve("new"));
    var agent = admin.create(Admin.agent("finance", "two-set-bot", program.selector()));
    String firstSet = agent.getRegistrations(0).getId();
    try (var story = Story.of("a second set of selectors")) {
      var old = story.opens("old code", () -> Workload.start(program, dev.socket()));
      var next = story.opens("new code", () -> Workload.start(other, dev.socket()));
      var first = story.ask("the old one fetches", () -> only(old));
      story.step(
          "the new one has nothing",
          () -> assertThat(next.refused()).startsWith("PERMISSION_DENIED"));
      story.step(
          "a set for it is added",
          () ->
              dev.credence(
                      "agent",
                      "selector",
                      "add",
                      "finance/two-set-bot",
                      "--selector",
                      other.selector())
                  .done());
      var second = story.ask("now it fetches too", () -> only(next));
      int oldMark = old.mark();
      story.step(
          "the old set is removed",
          () ->
              assertThat(
                      dev.credence("agent", "selector", "remove", "finance/two-set-bot", firstSet)
                          .done()
                          .out())
                  .contains("ends: unregistered")
                  .contains(first.execution())
                  .contains(second.execution()));
      story.step(
          "the old code's stream ends",
          () -> assertThat(old.closed(oldMark, SOON)).startsWith("PERMISSION_DENIED"));
      story.step(
          "the new code's execution goes on",
          () -> assertThat(admin.execution(second.execution()).hasEndedAt()).isFalse());
    } finally {
      retire("two-set-bot");
    }
  }

  @Test
  @DisplayName("a set's own minimum: not issued through it, explain says why; without it: at once")
  void minimumOfASet() throws Exception {
    var program = JavaCopy.in(folder.resolve("demanded"));
    var other = JavaCopy.in(folder.resolve("undemanded"));
    admin.create(Admin.agent("finance", "careful-bot", other.selector()));
    try (var story = Story.of("a set of selectors with a minimum of its own")) {
      var process = story.opens("a process", () -> Workload.start(program, dev.socket()));
      var added =
          story.ask(
              "a second set is met by its selectors, and demands more than it has",
              () ->
                  select("--min-code", "launcher", "--min-isolation", "sandboxed", program)
                      .replaceAll(" +", " "));
      story.step(
          "the answer says what it demands",
          () -> assertThat(added).contains("with code launcher, isolation sandboxed or more"));
      story.step(
          "nothing is issued through it",
          () -> assertThat(process.refused()).isEqualTo("PERMISSION_DENIED no identity issued"));
      story.step("explain says why", () -> assertThat(explained(process)).contains(BOTH_DEMANDS));
      var set = story.ask("agent show has it in the second set", () -> demanding());
      story.step(
          "so has the event",
          () ->
              assertThat(
                      dev.credence("event", "list", "--agent", "finance/careful-bot").done().out())
                  .contains("set-minimum-code=launcher", "set-minimum-isolation=sandboxed"));
      admin.create(Admin.agent("finance", "plain-bot", program.selector()));
      story.step(
          "the process is another agent too: its stream has that one's identity only",
          () -> assertThat(only(process).spiffeId()).endsWith("/agent/finance/plain-bot"));
      int mark = process.mark();
      story.ask("the same set without a minimum", () -> select("", "", "", "", program));
      var both = story.ask("the open stream tells of it", () -> process.message(mark, SOON));
      story.step(
          "both identities",
          () ->
              assertThat(both)
                  .extracting(Seen::spiffeId)
                  .satisfiesExactlyInAnyOrder(
                      one -> assertThat(one).endsWith("/agent/finance/careful-bot"),
                      one -> assertThat(one).endsWith("/agent/finance/plain-bot")));
      story.step(
          "the set with the minimum is removed: what goes on through the other one goes on",
          () ->
              assertThat(
                      dev.credence("agent", "selector", "remove", "finance/careful-bot", set)
                          .done()
                          .out())
                  .contains("goes on")
                  .doesNotContain("ends:"));
    } finally {
      retire("careful-bot");
      retire("plain-bot");
    }
  }

  private static final String[] BOTH_DEMANDS = {
    "/agent/finance/careful-bot",
    "(expected: at least launcher)",
    "isolation is shared-uid (expected: at least sandboxed)"
  };

  private static String explained(Workload process) throws Exception {
    return dev.credence("explain", "--pid", Integer.toString(process.process().pid())).done().out();
  }

  /// One more set of careful-bot; empty words are left out.
  private static String select(
      String code, String codeLevel, String isolation, String level, JavaCopy program)
      throws Exception {
    var command =
        Stream.of(
                "agent",
                "selector",
                "add",
                "finance/careful-bot",
                "--selector",
                program.selector(),
                code,
                codeLevel,
                isolation,
                level)
            .filter(word -> !word.isEmpty());
    return dev.credence(command.toArray(String[]::new)).done().out();
  }

  /// The id of the set that demands something, after which `agent show` says what.
  private static String demanding() throws Exception {
    var shown = dev.credence("agent", "show", "finance/careful-bot").done().out();
    assertThat(shown.replaceAll(" +", " "))
        .contains("Minimum code launcher", "Minimum isolation sandboxed");
    return admin.subjects(SubjectKind.SUBJECT_KIND_AGENT).stream()
        .filter(agent -> agent.getName().equals("careful-bot"))
        .flatMap(agent -> agent.getRegistrationsList().stream())
        .filter(one -> one.getMinimumIsolation() == Isolation.ISOLATION_SANDBOXED)
        .map(Registration::getId)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @DisplayName("retire: final, and the name is never used again")
  void retired() throws Exception {
    var program = JavaCopy.in(folder.resolve("retired"));
    admin.create(Admin.agent("finance", "retired-bot", program.selector()));
    try (var story = Story.of("an agent is retired")) {
      var process = story.opens("a process", () -> Workload.start(program, dev.socket()));
      story.ask("it fetches, and keeps its stream", () -> only(process));
      int mark = process.mark();
      story.step("retire", () -> dev.credence("agent", "retire", "finance/retired-bot").done());
      story.step(
          "the stream ends",
          () -> assertThat(process.closed(mark, SOON)).startsWith("PERMISSION_DENIED"));
      story.step(
          "explain says why",
          () ->
              assertThat(
                      dev.credence("explain", "--pid", Integer.toString(process.process().pid()))
                          .done()
                          .out())
                  .contains("it matches, but is retired"));
      story.step(
          "it cannot be resumed",
          () ->
              assertThat(dev.credence("agent", "resume", "finance/retired-bot").err())
                  .contains("retired at")
                  .contains("retired is final"));
      story.step(
          "nor created again, and it is said when it was retired",
          () ->
              assertThat(
                      dev.credence(
                              "agent",
                              "create",
                              "retired-bot",
                              "--owner",
                              "finance",
                              "--selector",
                              "unix:uid:1")
                          .err())
                  .contains("retired at")
                  .contains("never used before"));
    }
  }

  private static Seen only(Workload process) throws Exception {
    List<Seen> all = process.fetch();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private static void retire(String name) throws Exception {
    dev.credence("agent", "retire", "finance/" + name).done();
  }
}

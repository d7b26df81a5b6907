package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.proto.admin.v1.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("processes and their executions")
class ProcessesStoryTest {

  // The node looks again at what holds a stream each 10 seconds.
  private static final Duration NEXT_LOOK = Duration.ofSeconds(25);
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;
  private static JavaCopy agent;
  private static JavaCopy stranger;

  @BeforeAll
  static void start() throws Exception {
    dev = Dev.start(folder.resolve("dev"));
    admin = dev.admin();
    agent = JavaCopy.in(folder.resolve("agent"));
    stranger = JavaCopy.in(folder.resolve("stranger"));
    admin.owner("finance");
    admin.create(Admin.agent("finance", "invoice-bot", agent.selector()));
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    dev.close();
  }

  @Test
  @DisplayName("two processes of one registration have different keys, serials and executions")
  void two() throws Exception {
    try (var story = Story.of("two processes of one registration")) {
      var one = story.opens("one process", () -> Workload.start(agent, dev.socket()));
      var two =
          story.opens("another one of the same program", () -> Workload.start(agent, dev.socket()));
      var first = story.ask("the first fetches", () -> one.fetch().getFirst());
      var second = story.ask("the second fetches", () -> two.fetch().getFirst());
      story.step(
          "the name is the same",
          () ->
              assertThat(first.spiffeId())
                  .isEqualTo(second.spiffeId())
                  .endsWith("/agent/finance/invoice-bot"));
      story.step("key, serial and execution are not", () -> differ(first, second));
      var again =
          story.ask("a second connection of the first process", () -> one.fetch().getFirst());
      story.step("is the same execution", () -> assertThat(again).isEqualTo(first));
    }
  }

  @Test
  @DisplayName("an unregistered process is refused, and that is an event")
  void unregistered() throws Exception {
    try (var story = Story.of("a stranger")) {
      var events = story.opens("events are followed", () -> admin.follow(last()));
      var process =
          story.opens(
              "a process that nobody registered", () -> Workload.start(stranger, dev.socket()));
      story.step(
          "it is refused",
          () -> assertThat(process.refused()).isEqualTo("PERMISSION_DENIED no identity issued"));
      story.step(
          "an event says so",
          () ->
              events
                  .messages()
                  .first("refusal", event -> event.getKind().equals("unregistered"), SOON));
      story.step(
          "explain says why, with the nearest registration",
          () ->
              assertThat(
                      dev.credence("explain", "--pid", Integer.toString(process.process().pid()))
                          .done()
                          .out())
                  .contains("/agent/finance/invoice-bot")
                  .contains(agent.selector()));
      var rows =
          story.ask(
              "the inventory of what asks",
              () -> dev.credence("event", "list", "--kind", "unregistered").done().out());
      story.step(
          "has a row with its user and its program",
          () ->
              assertThat(rows)
                  .contains(System.getProperty("user.name") + " (")
                  .contains(stranger.executable().toString()));
      story.step(
          "which is an interpreter: its path is not suggested, it would register whatever it runs",
          () -> assertThat(rows).doesNotContain(stranger.selector()));
    }
  }

  @Test
  @DisplayName("the inventory's command, copied, registers the program of its row")
  void inventory() throws Exception {
    Path program = folder.resolve("newcomer");
    Assumptions.assumeTrue(isBuilt(program), "there is no C compiler to make a program with");
    try (var story = Story.of("a program of nobody's")) {
      story.step("it has no identity", () -> assertThat(asks(program)).startsWith("no identity: "));
      var rows =
          story.ask(
              "the inventory has a row of it, and says how to register it",
              () -> dev.credence("event", "list", "--kind", "unregistered").done().out());
      story.step(
          "with its path",
          () ->
              assertThat(rows)
                  .contains("unix:path:" + program.toRealPath())
                  .contains("credence agent create NAME --owner OWNER --node-selector node:id:"));
      story.step("a person copies that", () -> registered(rows));
      story.step(
          "it has its identity",
          () -> assertThat(told(program)).contains("/agent/finance/newcomer "));
    }
  }

  private static boolean isBuilt(Path program) throws Exception {
    var sources = Path.of(System.getProperty("credence.root"), "examples/launch/native");
    var words =
        List.of(
            "cc",
            "-o",
            program.toString(),
            sources.resolve("agent.c").toString(),
            sources.resolve("workload.c").toString());
    try (var compiler = Running.start("cc", words, Map.of(), folder)) {
      return compiler.exit(SOON) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// What it prints of itself.
  private static String asks(Path program) throws Exception {
    var socket = Map.of("SPIFFE_ENDPOINT_SOCKET", "unix://" + dev.socket());
    try (var running = Running.start("the program", List.of(program.toString()), socket, folder)) {
      var _ = running.exit(SOON);
      return String.join("\n", running.out().all());
    }
  }

  /// The same, once the node has heard of its registration.
  private static String told(Path program) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    var said = asks(program);
    while (said.startsWith("no identity") && System.nanoTime() < deadline) {
      said = asks(program);
    }
    return said;
  }

  /// As a person does who copies the line that the inventory ends with.
  private static void registered(String inventory) throws Exception {
    var words = List.of(inventory.lines().toList().getLast().strip().split(" "));
    var command = new ArrayList<>(words.subList(1, words.size()));
    Collections.replaceAll(command, "NAME", "newcomer");
    Collections.replaceAll(command, "OWNER", "finance");
    dev.credence(command.toArray(String[]::new)).done();
  }

  @Test
  @DisplayName("process exit → execution ended; the time is printed")
  void exit() throws Exception {
    try (var story = Story.of("a process exits")) {
      var events = story.opens("events are followed", () -> admin.follow(last()));
      var process = story.opens("a process", () -> Workload.start(agent, dev.socket()));
      var svid = story.ask("it fetches", () -> process.fetch().getFirst());
      long killed = System.nanoTime();
      story.step("it is killed", () -> process.process().signal("KILL"));
      var ended = story.ask("its execution has ended", () -> ended(svid, events));
      story.measured(
          "kill → event of the ended execution at the administrator",
          Duration.ofNanos(System.nanoTime() - killed));
      story.step(
          "for that reason",
          () -> assertThat(ended.getDetailsMap()).containsEntry("reason", "process-exited"));
      story.step(
          "it is no longer listed",
          () ->
              assertThat(admin.executions(false))
                  .noneMatch(it -> it.getId().equals(svid.execution())));
    }
  }

  @Test
  @DisplayName(
      "`execution end` closes the stream as unavailable; the next stream opens a new execution")
  void end() throws Exception {
    try (var story = Story.of("an execution is ended")) {
      var process = story.opens("a process", () -> Workload.start(agent, dev.socket()));
      var first = story.ask("it fetches", () -> process.fetch().getFirst());
      int mark = process.mark();
      story.step("execution end", () -> dev.credence("execution", "end", first.execution()).done());
      story.step(
          "the stream closes",
          () -> assertThat(process.closed(mark, SOON)).startsWith("UNAVAILABLE"));
      var second = story.ask("the same process fetches again", () -> process.fetch().getFirst());
      story.step("it is another execution, key and serial", () -> differ(first, second));
      story.step(
          "ending it twice changes nothing",
          () -> assertThat(admin.execution(first.execution()).hasEndedAt()).isTrue());
    }
  }

  @Trick(
      name = "exec of another program after its identity was fetched",
      outcome = "ended; the new program is refused: no identity")
  @DisplayName("a program that exec's another loses its identity: sockets closed, other program")
  void execOther() throws Exception {
    try (var story = Story.of("exec of another program")) {
      var events = story.opens("events are followed", () -> admin.follow(last()));
      var process = story.opens("a process", () -> Workload.start(agent, dev.socket()));
      var svid = story.ask("it fetches", () -> process.fetch().getFirst());
      story.step("it exec's a program that nobody registered", () -> process.exec(stranger, false));
      story.step(
          "that one is refused",
          () -> assertThat(process.refused()).startsWith("PERMISSION_DENIED"));
      story.step("the execution ends", () -> ended(svid, events));
    }
  }

  @Trick(
      name = "exec of the same program, its open sockets kept",
      outcome = "ended; the new program is another execution, with a key of its own")
  @DisplayName("a program that exec's another loses its identity: sockets kept open, same program")
  void execKeeping() throws Exception {
    try (var story = Story.of("exec of the same program, keeping its sockets")) {
      var events = story.opens("events are followed", () -> admin.follow(last()));
      var process = story.opens("a process", () -> Workload.start(agent, dev.socket()));
      var before = story.ask("it fetches", () -> process.fetch().getFirst());
      long execed = System.nanoTime();
      story.step(
          "it exec's itself; the old socket stays open in it", () -> process.exec(agent, true));
      story.step("the old execution ends without a call", () -> ended(before, events));
      story.measured(
          "exec with sockets kept → execution ended", Duration.ofNanos(System.nanoTime() - execed));
      var after = story.ask("the new program asks by itself", () -> process.fetch().getFirst());
      story.step("and is another execution, key and serial", () -> differ(before, after));
    }
  }

  private static Event ended(Seen svid, dev.credence.e2e.client.Listening<Event> events)
      throws InterruptedException {
    return events
        .messages()
        .first(
            "end of execution " + svid.execution(),
            event ->
                event.getKind().equals("execution-ended")
                    && event.getExecutionId().equals(svid.execution()),
            NEXT_LOOK);
  }

  private static void differ(Seen first, Seen second) {
    assertThat(second.execution()).isNotEqualTo(first.execution());
    assertThat(second.serial()).isNotEqualTo(first.serial());
    assertThat(second.keyDigest()).isNotEqualTo(first.keyDigest());
    assertThat(List.of(first.execution(), second.execution())).doesNotContain("-");
  }

  private static long last() {
    var events = admin.events();
    return events.isEmpty() ? 0 : events.getLast().getNumber();
  }
}

package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.common.v1.SubjectKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("sets of declarations, applied by the program")
class ApplyStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    dev = Dev.start(folder.resolve("dev"));
    admin = dev.admin();
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    dev.close();
  }

  private static Path file(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, List.of(lines));
  }

  private static Finished apply(Path file, String... more) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(List.of("apply", "-f", file.toString()));
    arguments.addAll(List.of(more));
    return dev.credence(arguments.toArray(String[]::new));
  }

  private static String[] agent(String fullName, String purpose, String selector) {
    return new String[] {
      "  " + fullName + ":",
      "    purpose: " + purpose,
      "    registrations:",
      "      - selectors: ['" + selector + "']"
    };
  }

  private static String[] all(String[]... parts) {
    return java.util.Arrays.stream(parts).flatMap(java.util.Arrays::stream).toArray(String[]::new);
  }

  private static final String[] BASICS = {
    "set: story",
    "persons:",
    "  iris:",
    "owners:",
    "  crew: {human: iris}",
    "  yard: {human: iris, parent: crew}",
    "agents:"
  };

  private static int events() {
    return admin.events().size();
  }

  private static String state(String fullName) throws Exception {
    return dev.credence("agent", "show", fullName).done().out();
  }

  @Test
  @DisplayName("create, again, change, hand over, prune: seen by a process with an open stream")
  void life() throws Exception {
    var program = JavaCopy.in(folder.resolve("bot"));
    String selector = program.selector();
    try (var story = Story.of("a set lives in git")) {
      var process = story.opens("a process", () -> Workload.start(program, dev.socket()));
      Path file = file("story/set.yaml", all(BASICS, agent("crew/one", "a", selector)));
      story.step(
          "a dry run shows the plan and changes nothing",
          () -> {
            assertThat(apply(file, "--dry-run").done().out())
                .contains("+ person iris", "+ owner crew", "+ owner yard", "+ agent crew/one")
                .contains("4 to create");
            apply(file, "--dry-run", "--exit-code").expect(4);
            assertThat(admin.owners()).extracting(Owner::getName).doesNotContain("crew", "yard");
          });
      story.step(
          "apply",
          () ->
              assertThat(apply(file, "--reason", "merge 1").done().out())
                  .contains("+ agent crew/one", "done: 4 created"));
      int events = events();
      story.step(
          "again: nothing to change, no event",
          () -> {
            assertThat(apply(file).done().out())
                .isEqualTo("nothing to change: all 4 are so already\n");
            apply(file, "--dry-run", "--exit-code").done();
            assertThat(events()).isEqualTo(events);
          });
      var first = story.ask("the process has its identity", process::fetch);
      assertThat(first).extracting(Seen::spiffeId).allMatch(it -> it.endsWith("/agent/crew/one"));

      int mark = process.mark();
      var _ =
          file(
              "story/set.yaml",
              all(BASICS, agent("crew/one", "b", selector), agent("yard/two", "c", selector)));
      story.step(
          "a change: old and new value, and what becomes of the execution",
          () ->
              assertThat(apply(file).done().out())
                  .contains("~ agent crew/one", "purpose: a → b", "+ agent yard/two")
                  .contains("goes on, with the SVID it has")
                  .contains("done: 1 created, 1 updated, 3 unchanged"));
      story.step(
          "the stream tells of both at once",
          () ->
              assertThat(process.message(mark, SOON))
                  .extracting(Seen::spiffeId)
                  .hasSize(2)
                  .anyMatch(it -> it.endsWith("/agent/crew/one"))
                  .anyMatch(it -> it.endsWith("/agent/yard/two")));
      story.step(
          "event list: who, why, from what to what, one event for each thing",
          () ->
              assertThat(admin.events().stream().skip(events).map(Event::getKind))
                  .contains("agent-updated", "agent-created")
                  .doesNotContain("registration-created"));

      var _ =
          file(
              "story/set.yaml",
              all(
                  BASICS,
                  agent("yard/one", "b", selector),
                  new String[] {"    transferred-from: crew"}));
      story.step(
          "handed over, and the other one pruned: what would end is said",
          () ->
              assertThat(apply(file, "--prune", "--dry-run").done().out())
                  .contains("> agent yard/one", "- agent yard/two", "state: active → retired")
                  .contains("spiffe-id: spiffe://")
                  .contains("ends: subject-transferred", "ends: subject-retired")
                  .contains("1 to hand over, 1 to retire"));
      story.step("apply", () -> apply(file, "--prune").done());
      story.step(
          "another SPIFFE ID, and the names are spent",
          () -> {
            assertThat(process.fetch())
                .extracting(Seen::spiffeId)
                .singleElement()
                .satisfies(it -> assertThat(it).endsWith("/agent/yard/one"));
            assertThat(apply(file, "--prune").done().out()).startsWith("nothing to change");
            assertThat(dev.credence("set", "list", "--set", "story").done().out())
                .contains("agent yard/one", "agent yard/two", "retired");
          });
    }
  }

  @Test
  @DisplayName("one wrong thing in the middle, or a change in between: nothing is changed")
  void allOrNothing() throws Exception {
    try (var story = Story.of("all or nothing")) {
      story.step(
          "problems of the file: all of them, with lines, and nothing is sent",
          () -> {
            Path broken =
                file("broken.yaml", "owner: {}", "agents:", "  crew: {}", "  crew/x: {ttl: 1}");
            Finished refused = apply(broken).expect(1);
            assertThat(refused.err())
                .contains(
                    broken + ":1: unknown key \"owner\" (did you mean \"owners\"?)",
                    broken + ":3: agent \"crew\" (expected: OWNER/NAME",
                    broken + ":4: agent crew/x: ttl: \"1\"",
                    broken + ":4: agent crew/x: missing key \"registrations\"",
                    "credence: 4 problems in what is declared (nothing was sent)");
          });
      story.step(
          "what the server refuses: named by its line, and nothing is made",
          () -> {
            Path wrong =
                file(
                    "wrong.yaml",
                    all(
                        new String[] {
                          "persons: {eve: }", "owners:", "  dock: {human: eve}", "agents:"
                        },
                        agent("dock/good", "a", "unix:uid:4000001"),
                        agent("dock/bad", "'" + "x".repeat(5000) + "'", "unix:uid:4000001"),
                        agent("lost/one", "a", "unix:uid:4000001"),
                        agent("dock/last", "a", "unix:uid:4000001")));
            Finished refused = apply(wrong).expect(1);
            assertThat(refused.err())
                .contains(
                    wrong + ":9: agent dock/bad: purpose: 5000 bytes (expected: at most 4096)",
                    wrong + ":13: agent lost/one: owner \"lost\": not found",
                    "credence: 2 problems (nothing was changed)");
            assertThat(admin.owners()).noneMatch(owner -> owner.getName().equals("dock"));
          });
      story.step(
          "a plan that was reviewed, and a change by hand in between: refused",
          () -> {
            Path file =
                file(
                    "plan.yaml",
                    all(
                        new String[] {
                          "persons: {kim: }", "owners:", "  pier: {human: kim}", "agents:"
                        },
                        agent("pier/bot", "a", "unix:uid:4000001")));
            apply(file).done();
            var _ =
                file(
                    "plan.yaml",
                    all(
                        new String[] {
                          "persons: {kim: }", "owners:", "  pier: {human: kim}", "agents:"
                        },
                        agent("pier/bot", "b", "unix:uid:4000001")));
            String plan =
                apply(file, "--dry-run")
                    .done()
                    .out()
                    .replaceFirst("(?s).*\nplan ([0-9a-f]{64}): .*", "$1");
            dev.credence("agent", "update", "pier/bot", "--tool", "crane").done();
            apply(file, "--expect-plan", plan)
                .refused(1, "the plan is ", "(expected: " + plan + "; look at it again");
            assertThat(state("pier/bot")).contains("crane");
            assertThat(apply(file).done().out()).contains("tools: crane → (none)");
          });
    }
  }

  @Test
  @DisplayName("the example of the reference is applied; what is exported changes nothing")
  void exampleAndExport() throws Exception {
    Path example = Path.of("../docs/reference/apply-example.yaml").toAbsolutePath();
    try (var story = Story.of("the example, and back")) {
      story.step(
          "the example is applied, twice",
          () -> {
            assertThat(apply(example).done().out()).contains("done: 7 created");
            assertThat(apply(example).done().out()).startsWith("nothing to change: all 7");
          });
      story.step(
          "export → apply: nothing to change",
          () -> {
            dev.credence("owner", "create", "by-hand", "--human", "lea").done();
            admin.create(Admin.agent("by-hand", "bot", "unix:uid:4000001"));
            String yaml = dev.credence("export", "--owner", "payments").done().out();
            assertThat(yaml).contains("payments/invoice-bot:", "task: close-the-day");
            assertThat(
                    apply(file("export.yaml", yaml.lines().toArray(String[]::new))).expect(1).err())
                .contains("belongs to set payments-prod", "nothing was changed");
            String set = dev.credence("export", "--set", "payments-prod").done().out();
            assertThat(
                    apply(file("export-set.yaml", set.lines().toArray(String[]::new))).done().out())
                .startsWith("nothing to change: all 7");
            assertThat(dev.credence("export", "--owner", "by-hnd").expect(1).err())
                .contains("owner \"by-hnd\": not found");
            assertThat(dev.credence("export", "--set", "nosuch").expect(1).err())
                .contains("set nosuch: nothing belongs to it", "credence set list");
            String hand = dev.credence("export", "--owner", "by-hand").done().out();
            assertThat(
                    apply(file("export-hand.yaml", hand.lines().toArray(String[]::new)))
                        .done()
                        .out())
                .startsWith("nothing to change");
          });
      story.step(
          "what was made by hand is taken over only by --adopt",
          () -> {
            String hand =
                "set: taken\n" + dev.credence("export", "--owner", "by-hand").done().out();
            Path file = file("taken.yaml", hand.lines().toArray(String[]::new));
            assertThat(apply(file).done().out()).startsWith("nothing to change");
            assertThat(apply(file, "--adopt").done().out()).contains("set: (none) → taken");
            assertThat(dev.credence("set", "list", "--set", "taken", "-o", "json").done().out())
                .contains("agent by-hand/bot");
          });
      story.step(
          "standard input, and JSON",
          () ->
              assertThat(
                      dev.credence("apply", "-f", "-", "--dry-run", "-o", "json").expect(1).err())
                  .contains("nothing is declared there"));
      assertThat(admin.subjects(SubjectKind.SUBJECT_KIND_SERVICE)).isNotEmpty();
    }
  }
}

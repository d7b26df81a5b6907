package dev.credence.e2e.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.e2e.attacks.Needs;
import dev.credence.e2e.attacks.Trick;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import dev.credence.platform.linux.ControlGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("callers of launches whose control group filters what they do")
class LaunchFiltersStoryTest {
  /// The same as in the tests of what sees the filters.
  private static final Path FILTERED =
      Path.of(
          System.getProperty("credence.root"),
          "platform/linux/src/test/resources/dev/credence/platform/linux/filtered.py");

  private static LaunchPlace place;
  private static LaunchCaller caller;

  @BeforeAll
  static void start() throws Exception {
    place = LaunchPlace.start();
    caller = LaunchCaller.of(place);
    place.rig().agent("finance", "bot").forProcesses(place.measured(place.code()).getFirst());
  }

  @AfterAll
  static void stop() throws Exception {
    place.close();
  }

  private static Running within(List<String> prefix) throws Exception {
    return caller.run(prefix, place.code(), "bot", place.account().name(), "python3", "agent.py");
  }

  @Trick(
      name = "a caller that sheds its control group's BPF filters by a launch",
      outcome = "not launched: it may start the program itself, where it is",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  @DisplayName("nothing is launched for who is under a filter that the program would be free of")
  void filtered() throws Exception {
    var under = List.of("/usr/bin/python3", FILTERED.toString());
    try (var story = Story.of("a caller in a control group with a filter");
        ControlGroup group = ControlGroup.place().orElseThrow().make("credence-filtered");
        ControlGroup plain = ControlGroup.place().orElseThrow().make("credence-plain")) {
      var words = new ArrayList<>(under);
      words.add(group.folder().toString());
      var held = story.opens("it asks", () -> within(words));
      String answer =
          held.err()
              .first(
                  "answer",
                  line -> line.startsWith("launch ") || line.startsWith("bpf"),
                  LaunchPlace.SOON);
      assumeTrue(!answer.startsWith("bpf"), "this story needs to be allowed to load BPF programs");
      story.step(
          "and may start it itself",
          () -> assertThat(answer).startsWith("launch itself").contains("BPF programs"));
      var into = List.of("/bin/sh", "-c", "echo $$ > $0/cgroup.procs && exec \"$@\"");
      var plainWords = new ArrayList<>(into);
      plainWords.add(plain.folder().toString());
      var free = story.opens("another, in a group without", () -> within(plainWords));
      story.step(
          "has it launched,",
          () -> {
            free.line("started .*", LaunchPlace.SOON);
            int from = free.out().mark();
            free.say("fetch");
            assertThat(free.line(from, "answer (.*)", LaunchPlace.SOON).group(1))
                .isEqualTo("spiffe://rig.example/agent/finance/bot");
          });
    }
  }
}

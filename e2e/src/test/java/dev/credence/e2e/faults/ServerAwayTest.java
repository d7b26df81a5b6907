package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.workload.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("the server is away for longer than half a lifetime")
class ServerAwayTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static List<String> serials(Rig rig) throws Exception {
    return Seen.of(rig.workload().fetchX509Svids()).stream().map(Seen::serial).toList();
  }

  @Test
  @DisplayName(
      "who has an identity keeps it, who has none is told why, and all renew when it is back")
  void away() throws Exception {
    try (var rig = Rig.start()) {
      var program = JavaCopy.in(folder.resolve("late"));
      rig.agent("finance", "one").ttl(Duration.ofMinutes(4)).forThisProcess();
      rig.agent("finance", "two").ttl(Duration.ofMinutes(4)).forThisProcess();
      rig.agent("finance", "late").forProcesses(program.selector());
      try (var stream = rig.workload().openX509Svids();
          var late = Workload.start(program, rig.node().socket())) {
        var before = Seen.of(stream.next(0, SOON));
        assertThat(before).hasSize(2);
        rig.stopServer();
        int mark = stream.messages().mark();
        // Half of it is over, renewals are due, and nobody answers.
        rig.clock().advance(Duration.ofMinutes(3));
        assertThat(serials(rig))
            .as("what is valid is served")
            .isEqualTo(before.stream().map(Seen::serial).toList());
        assertThat(stream.messages().mark()).as("and the open stream says nothing").isEqualTo(mark);
        assertThat(late.refused())
            .containsPattern("^UNAVAILABLE the server (cannot issue|is not reached since) ");

        rig.restartServer();
        Await.answer(
            "new SVIDs for all",
            () -> {
              rig.clock().advance(Duration.ofMillis(500));
              return serials(rig);
            },
            now -> before.stream().map(Seen::serial).noneMatch(now::contains) && now.size() == 2,
            SOON);
        var after = Seen.of(rig.workload().fetchX509Svids());
        assertThat(after.stream().map(Seen::execution).toList())
            .as("the same executions")
            .isEqualTo(before.stream().map(Seen::execution).toList());
        stream
            .messages()
            .after(
                mark,
                "both, on the stream that was open",
                message ->
                    Seen.of(message).stream()
                        .map(Seen::serial)
                        .toList()
                        .equals(after.stream().map(Seen::serial).toList()),
                SOON);
        assertThat(late.fetch()).hasSize(1);
      }
    }
  }
}

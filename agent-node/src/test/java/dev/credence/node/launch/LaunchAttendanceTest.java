package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.platform.linux.UnattestableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the caller of a launch is told")
class LaunchAttendanceTest {
  private static final int KILL = 9;
  private static final Duration SOON = Duration.ofSeconds(60);

  private static SpawnedProcess start(String... command) throws Exception {
    try (var in = OpenFile.standard(0);
        var out = OpenFile.standard(1);
        var err = OpenFile.standard(2)) {
      return SpawnedProcess.start(
          new SpawnedProcess.Program(
              List.of(command), List.of(), List.of(in, out, err), Optional.empty()));
    }
  }

  @Test
  @DisplayName("a program that ended before it was seen gives no alarm: its exit code tells")
  void ended() throws Exception {
    try (var process = start("/bin/true")) {
      assertThat(process.awaitEnd(SOON)).isTrue();
      assertThat(LaunchAttendance.unseen(process, new CompletableFuture<>())).isEmpty();
      assertThat(process.collect()).isEqualTo(new SpawnedProcess.Ending(false, 0));
    }
  }

  @Test
  @DisplayName(
      "one that runs and was not seen, or was seen as another, does; one that was seen does not")
  void runs() throws Exception {
    try (var process = start("/bin/sleep", "600")) {
      try {
        var cancelled = new CompletableFuture<ProcessMark>();
        cancelled.cancel(false);
        var seen = CompletableFuture.completedFuture(markOf(process.pid()));
        assertThat(LaunchAttendance.unseen(process, new CompletableFuture<>())).isPresent();
        assertThat(LaunchAttendance.unseen(process, cancelled)).isPresent();
        assertThat(LaunchAttendance.unseen(process, seen)).isEmpty();
      } finally {
        // It has the tests' own output: what is left running would hold up their end.
        assertThat(process.signal(KILL)).isTrue();
      }
      assertThat(process.collect().signalled()).isTrue();
    }
  }

  /// In the moment of its exec the kernel shows nobody where a program lies.
  private static ProcessMark markOf(int pid) throws UnattestableException {
    long until = System.nanoTime() + SOON.toNanos();
    while (true) {
      try {
        return ProcessMark.read(pid);
      } catch (UnattestableException e) {
        if (System.nanoTime() - until > 0) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }
}

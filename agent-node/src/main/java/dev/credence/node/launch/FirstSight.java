package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Sees a program begin: that the process which was let go runs what it was to execute, as whom it
/// was to, with the arguments that it was given. What it sees is the mark by which the node knows
/// the program from then on.
///
/// @param executable what it is to execute
/// @param uid as whom
/// @param command with which arguments
/// @param noCapabilities in which sense it has none
record FirstSight(
    FileStat executable, int uid, List<String> command, NoCapabilities noCapabilities) {
  private static final Duration RUNS_WITHIN = Duration.ofSeconds(20);
  private static final Duration LOOK_EACH = Duration.ofMillis(1);
  private static final int LONGEST_ARGUMENTS = 1 << 20;

  /// Whether a process has no capabilities.
  @FunctionalInterface
  interface NoCapabilities {
    boolean of(int pid) throws UnattestableException;
  }

  FirstSight {
    command = List.copyOf(command);
  }

  /// A program that has ended before it was seen is no failure: its code or signal tells.
  ///
  /// @throws LaunchRefusedException if it does not begin
  /// @throws IOException if it cannot be looked at
  void await(SpawnedProcess process, Launched launched) throws LaunchRefusedException, IOException {
    long until = System.nanoTime() + RUNS_WITHIN.toNanos();
    while (!process.awaitEnd(LOOK_EACH)) {
      try {
        if (LaunchedProcess.runs(process.pid(), executable, uid)) {
          settle(launched);
          return;
        }
      } catch (UnattestableException e) {
        // In the midst of an exec the kernel shows no memory layout: a moment later it does.
        if (System.nanoTime() > until) {
          throw new IOException(
              "process " + process.pid() + " cannot be looked at: " + e.getMessage(), e);
        }
      }
      if (System.nanoTime() > until) {
        throw LaunchRefusedException.of(
            "the program was not seen to run within "
                + RUNS_WITHIN.toSeconds()
                + " seconds (expected: a program that the kernel executes directly; a script is given to its interpreter)");
      }
    }
  }

  /// The mark counts if before and after it the process runs the program with the arguments that it
  /// was given, and without capabilities.
  private void settle(Launched launched) throws UnattestableException {
    ProcessMark mark = ProcessMark.read(launched.pid());
    boolean sure =
        LaunchedProcess.runs(launched.pid(), executable, uid)
            && noCapabilities.of(launched.pid())
            && hasItsArguments(launched.pid())
            && mark.equals(ProcessMark.read(launched.pid()));
    if (sure) {
      launched.mark().complete(mark);
    } else {
      launched.mark().cancel(false);
    }
  }

  private boolean hasItsArguments(int pid) throws UnattestableException {
    byte[] expected = (String.join("\0", command) + "\0").getBytes(StandardCharsets.UTF_8);
    return Arrays.equals(LaunchedProcess.arguments(pid, LONGEST_ARGUMENTS), expected);
  }
}

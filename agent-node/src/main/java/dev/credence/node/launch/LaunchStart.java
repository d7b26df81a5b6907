package dev.credence.node.launch;

import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Starts one program: spawned in its view, held in its group, looked at, registered, let go, seen
/// to run. Only what must be is done by the thread with the program's view ([ProgramThread]); all
/// else by the caller's, a platform thread, in the node's own view.
///
/// @param place its group is empty and frozen
record LaunchStart(LaunchParts parts, LaunchPlace place) {
  private static final Duration HELD_WITHIN = Duration.ofSeconds(10);
  private static final int KILL = 9;

  /// A program that runs, or has ended already.
  ///
  /// @param launched removed from the table by whoever collects the process
  /// @param thread closed by whoever collects the process, afterwards
  record Running(SpawnedProcess process, Launched launched, ProgramThread thread) {}

  /// Starts it.
  ///
  /// @throws LaunchRefusedException with the line for the caller
  /// @throws IOException if the kernel refuses something that it should not
  Running start(LaunchTable table) throws LaunchRefusedException, IOException {
    var thread = new ProgramThread(new ProgramView(parts, place)::spawn);
    try {
      return start(thread, table);
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      thread.close();
      throw e;
    }
  }

  private Running start(ProgramThread thread, LaunchTable table)
      throws LaunchRefusedException, IOException {
    ProgramThread.Spawned spawned = thread.spawn();
    SpawnedProcess process = spawned.process();
    try {
      hold(spawned);
      Launched launched = launched(spawned);
      table.add(launched);
      try {
        place.group().thaw();
        new FirstSight(
                spawned.executable(),
                parts.account().uid(),
                parts.plan().command(),
                LaunchedProcess::hasNoCapabilities)
            .await(process, launched);
        return new Running(process, launched, thread);
      } catch (IOException | LaunchRefusedException | RuntimeException e) {
        table.remove(launched);
        throw e;
      }
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  private Launched launched(ProgramThread.Spawned spawned) {
    return new Launched(
        spawned.process().pid(),
        place.group().path(),
        spawned.view(),
        parts.evidence(),
        new CompletableFuture<>(),
        Condition.NONE);
  }

  private void hold(ProgramThread.Spawned spawned) throws IOException, LaunchRefusedException {
    SpawnedProcess process = spawned.process();
    if (!place.group().awaitHeld(HELD_WITHIN, process)) {
      throw LaunchRefusedException.of(
          "the program could not be put into its control group (expected: /bin/sh and a writable cgroup2 hierarchy)");
    }
    try {
      if (LaunchedProcess.mountNamespace(process.pid()) != spawned.view()
          || !LaunchedProcess.group(process.pid()).equals(place.group().path())) {
        throw new IOException("process " + process.pid() + " is not where it was put");
      }
    } catch (UnattestableException e) {
      throw new IOException(
          "process " + process.pid() + " cannot be looked at: " + e.getMessage(), e);
    }
    parts.caller().applyTo(process);
  }

  private void end(SpawnedProcess process) {
    try {
      place.group().kill();
      // It may not have come into the group.
      var _ = process.signal(KILL);
      var _ = process.collect();
    } catch (IOException e) {
      var _ = process.signal(KILL);
    } finally {
      process.close();
    }
  }
}

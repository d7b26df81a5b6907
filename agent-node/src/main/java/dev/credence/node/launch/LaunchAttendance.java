package dev.credence.node.launch;

import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.SpawnedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Attends to a program from its start to its end: tells the caller of both, passes signals on, and
/// collects the process. For one launch.
final class LaunchAttendance {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchAttendance.class);
  private static final int KILL = 9;

  private final LocalSocket socket;
  private final LaunchAnswers answers;
  private final LaunchTable table;

  LaunchAttendance(LocalSocket socket, LaunchTable table) {
    this.socket = socket;
    this.answers = new LaunchAnswers(socket);
    this.table = table;
  }

  /// Until it has ended.
  ///
  /// @throws IOException if it cannot be collected
  void attend(StartedProgram running, LaunchParts parts) throws IOException {
    var control = new LaunchControls(socket, running.group(), running.process());
    Thread reader = Thread.ofPlatform().name("launch-control").daemon().unstarted(control);
    try {
      started(running, parts);
      reader.start();
      SpawnedProcess.Ending ending = collect(running);
      running.group().remove();
      answers.ended(ending);
    } catch (IOException e) {
      running.group().close();
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    } finally {
      control.over();
      socket.shutdown();
      join(reader);
    }
  }

  private void started(StartedProgram running, LaunchParts parts) {
    try {
      answers.started(
          running.process().pid(),
          notices(running, parts),
          running.terminal().map(PseudoTerminal::master));
    } catch (IOException e) {
      // Nobody is there any more: what was started ends, and is collected all the same.
      var _ = running.process().signal(KILL);
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    }
  }

  private static List<String> notices(StartedProgram running, LaunchParts parts) {
    var notices = new ArrayList<String>();
    unseen(running.process(), running.launched().mark()).ifPresent(notices::add);
    notices.addAll(parts.notices());
    notices.addAll(running.notices());
    return notices;
  }

  /// One that ended before it was seen says how by its code.
  static Optional<String> unseen(SpawnedProcess process, CompletableFuture<ProcessMark> mark) {
    boolean seen = mark.isDone() && !mark.isCancelled();
    return seen || process.awaitEnd(Duration.ZERO)
        ? Optional.empty()
        : Optional.of("the program was not seen as it began: it has no code: selectors");
  }

  private SpawnedProcess.Ending collect(StartedProgram running) throws IOException {
    try {
      while (!running.process().awaitEnd(Duration.ofHours(1))) {
        // It runs.
      }
    } finally {
      // As long as it is not collected, its pid is no other process's.
      table.remove(running.launched());
    }
    endRest(running);
    return running.process().collect();
  }

  /// Before it is collected: its session's number is its own as long as that.
  private static void endRest(StartedProgram running) {
    try {
      running.group().kill();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("what a program has left behind could not be ended");
    }
  }

  private static void join(Thread reader) {
    boolean interrupted = false;
    while (reader.isAlive()) {
      try {
        reader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

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
  void attend(LaunchStart.Running running, LaunchParts parts, LaunchPlace place)
      throws IOException {
    var control = new LaunchControls(socket, place.group(), running.process());
    Thread reader = Thread.ofPlatform().name("launch-control").daemon().unstarted(control);
    try {
      started(running, parts, place);
      reader.start();
      SpawnedProcess.Ending ending = collect(running);
      place.group().remove();
      answers.ended(ending);
    } catch (IOException e) {
      place.group().close();
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    } finally {
      control.over();
      socket.shutdown();
      join(reader);
    }
  }

  private void started(LaunchStart.Running running, LaunchParts parts, LaunchPlace place) {
    try {
      answers.started(
          running.process().pid(),
          notices(running, parts),
          place.terminal().map(PseudoTerminal::master));
    } catch (IOException e) {
      // Nobody is there any more: what was started ends, and is collected all the same.
      var _ = running.process().signal(KILL);
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a caller of a launch is gone");
    }
  }

  private static List<String> notices(LaunchStart.Running running, LaunchParts parts) {
    var notices = new ArrayList<String>();
    unseen(running.process(), running.launched().mark()).ifPresent(notices::add);
    notices.addAll(parts.notices());
    return notices;
  }

  /// One that ended before it was seen says how by its code.
  static Optional<String> unseen(SpawnedProcess process, CompletableFuture<ProcessMark> mark) {
    boolean seen = mark.isDone() && !mark.isCancelled();
    return seen || process.awaitEnd(Duration.ZERO)
        ? Optional.empty()
        : Optional.of("the program was not seen as it began: it has no code: selectors");
  }

  private SpawnedProcess.Ending collect(LaunchStart.Running running) throws IOException {
    try {
      while (!running.process().awaitEnd(Duration.ofHours(1))) {
        // It runs.
      }
    } finally {
      // As long as it is not collected, its pid is no other process's.
      table.remove(running.launched());
    }
    return running.process().collect();
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

package dev.credence.node.launch;

import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.proto.launch.v1.LaunchEnded;
import dev.credence.proto.launch.v1.LaunchEvent;
import dev.credence.proto.launch.v1.LaunchRefused;
import dev.credence.proto.launch.v1.LaunchStarted;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What the node says to one caller. For one thread.
final class LaunchAnswers {
  private final LocalSocket socket;

  LaunchAnswers(LocalSocket socket) {
    this.socket = socket;
  }

  void refused(String message, boolean runItYourself) throws IOException {
    var refused = LaunchRefused.newBuilder().setMessage(message).setRunItYourself(runItYourself);
    send(LaunchEvent.newBuilder().setRefused(refused).build(), List.of());
  }

  /// @param notices what people should know about it
  /// @param terminal its end for the caller
  void started(int pid, List<String> notices, Optional<OpenFile> terminal) throws IOException {
    var started = LaunchStarted.newBuilder().setPid(pid).addAllNotices(notices);
    send(
        LaunchEvent.newBuilder().setStarted(started).build(),
        terminal.map(List::of).orElse(List.of()));
  }

  void ended(SpawnedProcess.Ending ending) throws IOException {
    var ended = LaunchEnded.newBuilder();
    if (ending.signalled()) {
      ended.setSignal(ending.number());
    } else {
      ended.setCode(ending.number());
    }
    send(LaunchEvent.newBuilder().setEnded(ended).build(), List.of());
  }

  private void send(LaunchEvent event, List<OpenFile> files) throws IOException {
    Frames.write(socket, event, files);
  }
}

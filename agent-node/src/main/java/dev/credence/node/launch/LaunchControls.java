package dev.credence.node.launch;

import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.ProgramGroup;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.proto.launch.v1.LaunchControl;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the caller says while its program runs. When it is gone, so is the program: it gets a
/// hang-up, and what has not ended soon after is killed.
final class LaunchControls implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LaunchControls.class);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int HUP = 1;

  /// HUP, INT, QUIT, USR1, USR2, TERM, CONT, TSTP, WINCH.
  private static final Set<Integer> PASSED_ON = Set.of(1, 2, 3, 10, 12, 15, 18, 20, 28);

  private final LocalSocket socket;
  private final ProgramGroup group;
  private final SpawnedProcess process;
  private volatile boolean over;

  LaunchControls(LocalSocket socket, ProgramGroup group, SpawnedProcess process) {
    this.socket = socket;
    this.group = group;
    this.process = process;
  }

  /// The program has ended: the end of the connection means nothing any more.
  void over() {
    over = true;
  }

  @Override
  public void run() {
    var files = new ArrayList<OpenFile>();
    try {
      while (!over) {
        int signal = Frames.read(socket, LaunchControl.parser(), files, Long.MAX_VALUE).getSignal();
        if (PASSED_ON.contains(signal)) {
          var _ = process.signal(signal);
        }
      }
    } catch (IOException e) {
      if (!over) {
        gone();
      }
    } finally {
      files.forEach(OpenFile::close);
    }
  }

  private void gone() {
    try {
      group.signal(HUP);
      if (!process.awaitEnd(GRACE)) {
        group.kill();
      }
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("a program whose caller is gone could not be ended");
    }
  }
}

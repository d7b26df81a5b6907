package dev.credence.cli.run;

import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OwnProgram;
import dev.credence.proto.launch.v1.LaunchControl;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Passes this process's signals on to the program, until it is closed. QUIT and USR2 are the JVM's
/// own and stay here.
final class PassedSignals implements AutoCloseable {
  private static final List<String> PASSED_ON =
      List.of("HUP", "INT", "USR1", "TERM", "CONT", "TSTP", "WINCH");
  private static final int STOP = 19;

  private final LocalSocket socket;
  private final JvmSignals signals;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean begun;
  private volatile Runnable resized = () -> {};

  PassedSignals(LocalSocket socket) {
    this.socket = socket;
    this.signals = new JvmSignals(PASSED_ON, this::came);
  }

  /// The program runs: from now on they are its. One that comes earlier ends this process.
  void begin() {
    begun = true;
  }

  /// What is done beside when the terminal's size changes.
  void resizes(Runnable task) {
    resized = task;
  }

  private void came(String name, int number) {
    if (name.equals("WINCH")) {
      resized.run();
    }
    if (begun) {
      send(number);
    } else if (List.of("HUP", "INT", "TERM").contains(name)) {
      Runtime.getRuntime().exit(128 + number);
    }
    if (name.equals("TSTP")) {
      OwnProgram.signal(STOP);
    }
  }

  private void send(int number) {
    writing.lock();
    try {
      Frames.write(socket, LaunchControl.newBuilder().setSignal(number).build(), List.of());
    } catch (IOException | IllegalStateException e) {
      return; // the node is gone; that is told elsewhere
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() {
    signals.close();
  }
}

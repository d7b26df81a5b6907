package dev.credence.e2e.rig;

import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A way to the administrator's socket through another process. The server refuses administration
/// by a process that is attested as an agent, and in a rig the test's own process is the agent. The
/// other process passes bytes on; it is started once for all rigs of a test run and ends with it.
/// Thread-safe.
final class AdminDoor {

  private static final Duration SOON = Duration.ofSeconds(60);

  private AdminDoor() {}

  /// Opens a way from `entrance` (a new socket) to `socket`.
  static void open(Path entrance, Path socket) throws IOException, InterruptedException {
    var relay = Relay.RUNNING;
    relay.say("open " + entrance + " " + socket);
    relay.line("opened " + entrance, SOON);
  }

  private static final class Relay {
    static final Running RUNNING = start();

    private static Running start() {
      try {
        return Java.start("relay to administrators' sockets", RelayMain.class);
      } catch (IOException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}

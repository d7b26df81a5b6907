package dev.credence.e2e.program;

import java.io.IOException;

/// Signals to processes.
final class Signals {

  private Signals() {}

  /// Sends "INT", "TERM", "KILL" ...
  static void send(String signal, int pid) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("/bin/kill", "-" + signal, Integer.toString(pid))
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("kill -%s %d: exit %d".formatted(signal, pid, code));
    }
  }
}

package dev.credence.attestors.systemd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A real dbus-daemon for one test, on a socket in a folder of its own.
public final class PrivateBus implements AutoCloseable {
  private final Process daemon;
  private final Path socket;

  private PrivateBus(Process daemon, Path socket) {
    this.daemon = daemon;
    this.socket = socket;
  }

  /// Starts one; without dbus-daemon the test is skipped, and says so.
  public static PrivateBus start(Path folder) throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/dbus-daemon")), "needs dbus-daemon (package dbus)");
    Path socket = folder.resolve("bus.sock");
    Path file = folder.resolve("bus.conf");
    Files.writeString(
        file,
        """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
         "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type>
          <listen>unix:path=SOCKET</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow user="*"/>
            <allow own="*"/>
            <allow send_destination="*"/>
            <allow receive_sender="*"/>
          </policy>
        </busconfig>
        """
            .replace("SOCKET", socket.toString()));
    Process daemon =
        new ProcessBuilder(
                List.of(
                    "/usr/bin/dbus-daemon",
                    "--config-file=" + file,
                    "--nofork",
                    "--nosyslog",
                    "--print-address=1"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out =
        new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8));
    if (out.readLine() == null) {
      throw new AssertionError("dbus-daemon did not start");
    }
    return new PrivateBus(daemon, socket);
  }

  /// Where it answers.
  public Path socket() {
    return socket;
  }

  @Override
  public void close() {
    daemon.destroyForcibly();
    daemon.onExit().join();
  }
}

package dev.credence.e2e.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// `credence server` or `credence node` with a configuration of the test's own.
public final class Daemon {

  private static final Duration READY = Duration.ofSeconds(60);

  private Daemon() {}

  /// Writes a server's configuration: everything in `folder`, any free port; `more` are further
  /// lines.
  public static Path serverConfig(Path folder, String... more) throws IOException {
    Files.createDirectories(folder);
    var lines = new ArrayList<String>();
    lines.add("trust_domain: test.example");
    lines.add("listen: 127.0.0.1:0");
    lines.add("data_dir: " + folder.resolve("data"));
    lines.add("admin:");
    lines.add("  socket: " + folder.resolve("admin.sock"));
    lines.addAll(List.of(more));
    return Files.write(folder.resolve("server.yaml"), lines);
  }

  /// Writes a node's configuration with a token for its first contact.
  public static Path nodeConfig(Path folder, String server, String token) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("token"), token);
    Files.setPosixFilePermissions(
        folder.resolve("token"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    return Files.write(
        folder.resolve("node.yaml"),
        List.of(
            "trust_domain: test.example",
            "server: " + server,
            "data_dir: " + folder.resolve("data"),
            "socket: " + folder.resolve("api.sock"),
            "join_token_file: " + folder.resolve("token")));
  }

  /// Starts a daemon ("server", "node") and waits until it serves.
  public static Running ready(String daemon, Path config) throws IOException, InterruptedException {
    var running = Program.credence().start(daemon, "--config", config.toString());
    try {
      running.line("ready .*", READY);
      return running;
    } catch (AssertionError | InterruptedException e) {
      var log = running.log();
      running.close();
      throw new AssertionError(e.getMessage() + "\n" + log, e);
    }
  }

  /// Runs a daemon that cannot start, to its end.
  public static Finished fails(String daemon, Path config)
      throws IOException, InterruptedException {
    return Program.credence().run(daemon, "--config", config.toString());
  }

  /// What its `ready` line says about `key`.
  public static String said(Running daemon, String key) throws InterruptedException {
    return daemon.line("ready .*\\b" + key + "=(\\S+).*", READY).group(1);
  }
}

package dev.credence.cli;

import dev.credence.cli.local.Installation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The command line in this process: real parsing, real sockets, captured output.
final class Cli {

  static final Instant NOW = Instant.parse("2026-02-01T12:00:00Z");

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();

  /// What one command came to.
  record Outcome(int code, String out, String err) {}

  Cli admin(Path socket) {
    environment.put("CREDENCE_ADMIN_SOCKET", socket.toString());
    return this;
  }

  Cli node(Path socket) {
    environment.put("SPIFFE_ENDPOINT_SOCKET", "unix://" + socket);
    return this;
  }

  /// As it would stand in the environment.
  Cli endpoint(String address) {
    environment.put("SPIFFE_ENDPOINT_SOCKET", address);
    return this;
  }

  Outcome run(String... args) {
    var code = tree().run(args);
    return new Outcome(code, out.toString(), err.toString());
  }

  CommandTree tree() {
    var clock = Clock.fixed(NOW, ZoneOffset.ofHours(1));
    return new CommandTree(
        new Terminal(new PrintWriter(out), new PrintWriter(err, true), environment, clock),
        new Installation(
            Optional.empty(), Optional.empty(), Path.of("/"), java.time.Duration.ofSeconds(5)));
  }
}

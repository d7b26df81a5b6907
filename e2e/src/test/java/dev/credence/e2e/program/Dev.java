package dev.credence.e2e.program;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A running `credence dev`: server and node as processes of their own.
public final class Dev implements AutoCloseable, Story.HasLog {

  private static final Duration READY = Duration.ofSeconds(60);

  private final Path folder;
  private final Running process;
  private final Map<String, String> environment;

  private Dev(Path folder, Running process, Map<String, String> environment) {
    this.folder = folder;
    this.process = process;
    this.environment = environment;
  }

  /// Starts it, and returns when it has printed `ready` on a line of its own.
  public static Dev start(Path folder, String... more) throws IOException, InterruptedException {
    var arguments = new ArrayList<>(List.of("dev", "--dir", folder.toString()));
    arguments.addAll(List.of(more));
    var process = Program.credence().start(arguments.toArray(String[]::new));
    try {
      process.line("ready", READY);
      return new Dev(folder, process, exported(folder.resolve("env")));
    } catch (IOException | InterruptedException | AssertionError e) {
      var log = process.log() + logs(folder);
      process.close();
      throw new AssertionError("credence dev: " + e.getMessage() + "\n" + log, e);
    }
  }

  /// What a shell has exported after `. DIR/env`.
  private static Map<String, String> exported(Path file) throws IOException, InterruptedException {
    var shell = new ProcessBuilder("/bin/sh", "-c", ". \"$1\" && env", "sh", file.toString());
    shell.environment().clear();
    var started = shell.start();
    var output = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (started.waitFor() != 0) {
      throw new IOException(file + " is not a shell file: " + output);
    }
    return output
        .lines()
        .filter(line -> line.startsWith("SPIFFE_") || line.startsWith("CREDENCE_"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf('=')),
                line -> line.substring(line.indexOf('=') + 1)));
  }

  /// Its folder.
  public Path folder() {
    return folder;
  }

  /// Its process; server and node are its children.
  public Running process() {
    return process;
  }

  /// The variables that DIR/env exports.
  public Map<String, String> environment() {
    return environment;
  }

  /// The Workload API socket.
  public Path socket() {
    var value = environment.getOrDefault("SPIFFE_ENDPOINT_SOCKET", "");
    if (!value.startsWith("unix:///")) {
      throw new AssertionError(
          "SPIFFE_ENDPOINT_SOCKET: \"" + value + "\" (expected: unix:///path)");
    }
    return Path.of(value.substring("unix://".length()));
  }

  /// The administrator's socket.
  public Path adminSocket() {
    return Path.of(
        environment.getOrDefault("CREDENCE_ADMIN_SOCKET", "").replaceFirst("^unix://", ""));
  }

  /// A client of the administrator's socket.
  public Admin admin() {
    return Admin.at(adminSocket());
  }

  /// Runs `credence ...` in a shell that has read DIR/env.
  public Finished credence(String... arguments) throws IOException, InterruptedException {
    return Program.credence().with(environment).run(arguments);
  }

  /// Every process that it started and that still runs.
  public List<ProcessHandle> children() {
    return process.handle().descendants().toList();
  }

  /// Stops it by a signal, and gives its exit code.
  public int stop(String signal) throws IOException, InterruptedException {
    process.signal(signal);
    return process.exit(Duration.ofSeconds(60));
  }

  @Override
  public String log() {
    return process.log() + logs(folder);
  }

  private static String logs(Path folder) {
    var text = new StringBuilder();
    for (var name : List.of("server.log", "node.log")) {
      var file = folder.resolve(name);
      if (Files.isReadable(file)) {
        try {
          text.append("[").append(name).append("]\n").append(Files.readString(file));
        } catch (IOException e) {
          text.append(e.getMessage()).append('\n');
        }
      }
    }
    return text.toString();
  }

  /// Stops it in order; by force if it does not.
  @Override
  public void close() {
    try (process) {
      if (process.isAlive()) {
        stop("TERM");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

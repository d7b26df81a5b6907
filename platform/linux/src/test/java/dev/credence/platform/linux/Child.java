package dev.credence.platform.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A real process that the test talks with by lines, and that never outlives the test.
final class Child implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private Child(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  static Child start(List<String> command) {
    try {
      return new Child(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Child start(String... command) {
    return start(List.of(command));
  }

  /// Runs a shell script that has printed `ready` when this returns.
  static Child shell(String script) {
    Child child = start("/bin/sh", "-c", script);
    child.expect("ready");
    return child;
  }

  /// A process that waits for ever and does nothing.
  static Child idle() {
    return shell("echo ready; read forever");
  }

  int pid() {
    return Math.toIntExact(process.pid());
  }

  /// Sends a line, which lets a script's `read` go on.
  void go() {
    try {
      process.outputWriter(StandardCharsets.ISO_8859_1).append('\n').flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String line() {
    try {
      return Optional.ofNullable(out.readLine()).orElse("(end of output)");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void expect(String expected) {
    String line = line();
    if (!line.equals(expected)) {
      throw new AssertionError("child printed \"" + line + "\" (expected: " + expected + ")");
    }
  }

  /// Ends it and waits until it is collected.
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /// A Python 3 that is a program, not a script that starts one; if there is any.
  static Optional<String> python() {
    return Stream.of("/usr/bin/python3", "/usr/local/bin/python3")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    kill();
  }
}

package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Another process that calls the node, commanded over its stdin: see {@link ChildMain}.
final class Child implements AutoCloseable {
  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;

  private Child(Process process) {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static Child start(Path socket) {
    return start(socket, ReadableClassPath.own());
  }

  /// A child of another user; only root can make one.
  static Child ofNobody(Path socket, String classPath) {
    return start(socket, classPath, "setpriv", "--reuid=65534", "--clear-groups");
  }

  private static Child start(Path socket, String classPath, String... before) {
    var command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            ChildMain.class.getName(),
            socket.toString()));
    try {
      return new Child(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /// Sends a command and returns the line that answers it.
  String ask(String command) {
    commands.println(command);
    return read();
  }

  String read() {
    try {
      String line = answers.readLine();
      assertThat(line).as("answer of the child").isNotNull();
      return line;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Sends a command that has no answer.
  void tell(String command) {
    commands.println(command);
  }

  void kill() {
    process.destroyForcibly();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

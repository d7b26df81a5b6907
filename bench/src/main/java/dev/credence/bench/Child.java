package dev.credence.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that talks in lines on standard output. Closing asks it to stop, and kills it if it
/// does not.
final class Child implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader out;
  private final long began;

  private Child(Process process, long began) {
    this.process = process;
    this.out = process.inputReader();
    this.began = began;
  }

  static Child start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    var builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    long began = System.nanoTime();
    return new Child(builder.start(), began);
  }

  /// When it was started, by System.nanoTime().
  long began() {
    return began;
  }

  long pid() {
    return process.pid();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /// Its next line.
  String line() throws IOException {
    var line = out.readLine();
    if (line == null) {
      throw new IOException("process " + process.pid() + " ended");
    }
    return line;
  }

  /// Its next line that begins with `word`.
  String line(String word) throws IOException {
    var line = line();
    while (!line.equals(word) && !line.startsWith(word + " ")) {
      line = line();
    }
    return line;
  }

  /// Sends it a line.
  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /// Waits for its end.
  void ended() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("process " + process.pid() + " did not end well");
    }
  }

  @Override
  public void close() {
    process.destroy();
    process
        .onExit()
        .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join()
        .destroyForcibly();
  }
}

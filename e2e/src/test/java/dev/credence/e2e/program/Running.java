package dev.credence.e2e.program;

import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A process, its output line by line as it comes. Closing kills it and everything it started.
/// Thread-safe.
public final class Running implements AutoCloseable, Story.HasLog {

  private static final Duration CLOSE = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final Await<String> out;
  private final Await<String> err;

  private Running(String name, Process process) {
    this.name = name;
    this.process = process;
    this.out = new Await<>("output of " + name);
    this.err = new Await<>("error output of " + name);
    read(process.getInputStream(), out);
    read(process.getErrorStream(), err);
  }

  /// Starts a process. `environment` is added to this one's, without the variables that would lead
  /// it to another installation.
  public static Running start(
      String name, List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder
        .environment()
        .keySet()
        .removeAll(List.of("SPIFFE_ENDPOINT_SOCKET", "CREDENCE_ADMIN_SOCKET", "JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    return new Running(name, builder.start());
  }

  private void read(InputStream stream, Await<String> lines) {
    Thread.ofVirtual()
        .name("output of " + name)
        .start(() -> {
          try (var reader =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
            lines.end("end of output");
          } catch (IOException | UncheckedIOException e) {
            lines.end(String.valueOf(e.getMessage()));
          }
        });
  }

  /// Its process id.
  public int pid() {
    return Math.toIntExact(process.pid());
  }

  /// Its process.
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /// Lines of its standard output.
  public Await<String> out() {
    return out;
  }

  /// Lines of its error output.
  public Await<String> err() {
    return err;
  }

  /// The next line of standard output, from place `from` on, that matches.
  public Matcher line(int from, String pattern, Duration atMost) throws InterruptedException {
    var compiled = Pattern.compile(pattern);
    return matched(
        compiled, out.after(from, "line /" + pattern + "/", compiled.asMatchPredicate(), atMost));
  }

  /// The first line of standard output that matches as a whole.
  public Matcher line(String pattern, Duration atMost) throws InterruptedException {
    return line(0, pattern, atMost);
  }

  private static Matcher matched(Pattern pattern, String line) {
    var matcher = pattern.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("\"%s\" does not match %s any more".formatted(line, pattern));
    }
    return matcher;
  }

  /// Writes a line to its standard input.
  public void say(String line) throws IOException {
    var stream = process.getOutputStream();
    stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    stream.flush();
  }

  /// Ends its standard input.
  public void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /// Sends a signal: "INT", "TERM", "KILL".
  public void signal(String signal) throws IOException, InterruptedException {
    Signals.send(signal, pid());
  }

  /// Waits for its end and gives the exit code (128 + number after a signal, as a shell says it).
  public int exit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(
          "%s (pid %d) still runs after %s\n%s".formatted(name, process.pid(), atMost, log()));
    }
    out.ended(CLOSE);
    err.ended(CLOSE);
    return process.exitValue();
  }

  /// Whether it has not ended.
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public String log() {
    return "$ pid %d, %s%n%s%n[error output]%n%s%n"
        .formatted(
            process.pid(),
            process.isAlive() ? "running" : "exit " + process.exitValue(),
            String.join("\n", out.all()),
            String.join("\n", err.all()));
  }

  @Override
  public void close() {
    var children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().orTimeout(CLOSE.toSeconds(), TimeUnit.SECONDS).join();
  }
}

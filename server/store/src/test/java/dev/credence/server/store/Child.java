package dev.credence.server.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A JVM of its own that runs [WriterProgram], and what it printed.
final class Child implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final List<String> lines = new ArrayList<>();

  /// @param folder where the driver unpacks its library: a killed JVM cannot clean up
  Child(Path folder, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-Djava.io.tmpdir=" + folder, "-Dslf4j.internal.verbosity=ERROR"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(ManagementFactory.getRuntimeMXBean().getClassPath());
    command.add(WriterProgram.class.getName());
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    output = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Reads until a line fits, or the end.
  void readUntil(Predicate<String> last) throws IOException {
    String line = output.readLine();
    while (line != null) {
      lines.add(line);
      if (last.test(line)) {
        return;
      }
      line = output.readLine();
    }
  }

  /// SIGKILL, then the rest of what it had printed before.
  void kill() throws IOException, InterruptedException {
    // By its handle: Process.destroyForcibly would close the stream that we still want to read.
    if (!process.toHandle().destroyForcibly()) {
      throw new IllegalStateException("child " + process.pid() + ": cannot be killed");
    }
    readUntil(line -> false);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("child " + process.pid() + ": still there after SIGKILL");
    }
  }

  /// Reads to the end.
  int finish() throws IOException, InterruptedException {
    readUntil(line -> false);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "child " + process.pid() + ": has closed its output and does not end");
    }
    return process.exitValue();
  }

  /// What follows this word, in the lines that begin with it. A line cut off by the kill counts as
  /// not printed.
  List<String> said(String word) {
    return lines.stream()
        .filter(line -> line.startsWith(word + " ") && line.endsWith("."))
        .map(line -> line.substring(word.length() + 1, line.length() - 1))
        .toList();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      output.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

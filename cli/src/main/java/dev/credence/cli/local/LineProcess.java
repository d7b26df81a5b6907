package dev.credence.cli.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A child process that talks in lines: its standard output goes to a listener, its errors to a
/// file, and the end of its standard input tells it to stop. Thread-safe.
public final class LineProcess implements AutoCloseable {

  private static final Duration KILL_WAIT = Duration.ofSeconds(5);

  private final Process process;
  private final Thread reader;
  private final Duration patience;

  private LineProcess(Process process, Thread reader, Duration patience) {
    this.process = process;
    this.reader = reader;
    this.patience = patience;
  }

  /// What to start.
  ///
  /// @param environment added to this process's own
  /// @param log where its standard error stream is appended
  /// @param patience how long it may take to stop before it is killed
  public record Command(
      List<String> words, Map<String, String> environment, Path log, Duration patience) {

    /// Copies the lists.
    public Command {
      words = List.copyOf(words);
      environment = Map.copyOf(environment);
    }
  }

  /// Starts it; `line` is called for each line on a thread of its own.
  public static LineProcess start(Command command, Consumer<String> line) {
    var builder =
        new ProcessBuilder(command.words())
            .redirectError(ProcessBuilder.Redirect.appendTo(command.log().toFile()));
    builder.environment().putAll(command.environment());
    try {
      var process = builder.start();
      var reader =
          Thread.ofVirtual()
              .name("output of " + process.pid())
              .start(() -> read(process.inputReader(), line));
      return new LineProcess(process, reader, command.patience());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its process id.
  public long pid() {
    return process.pid();
  }

  /// Completed with the exit code when it has ended and its last line was delivered.
  public CompletableFuture<Integer> exited() {
    return process
        .onExit()
        .thenApplyAsync(ended -> {
          awaitReader();
          return ended.exitValue();
        });
  }

  /// Writes a line to its standard input.
  public void writeLine(String line) throws IOException {
    var input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /// Tells it to stop; returns at once.
  public void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // It has closed its side already: it is stopping, or gone.
    }
  }

  /// Stops it in order, or by force if it does not within its time. Returns when it is gone.
  @Override
  public void close() {
    endInput();
    if (gone(patience)) {
      return;
    }
    process.destroy();
    if (!gone(KILL_WAIT)) {
      process.destroyForcibly();
      gone(KILL_WAIT);
    }
  }

  private boolean gone(Duration wait) {
    try {
      return process.waitFor(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      return true;
    }
  }

  private void awaitReader() {
    try {
      reader.join(KILL_WAIT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void read(BufferedReader output, Consumer<String> line) {
    try (output) {
      output.lines().forEach(line);
    } catch (IOException | UncheckedIOException _) {
      // The process is gone: exited() says so.
    }
  }
}

package dev.credence.cli.local;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `credence server` or `credence node` as a child that stops when this process does.
final class DaemonProcess implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final String READY = "ready";

  private final String name;
  private final Path log;
  private final long logBegin;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final LineProcess process;

  private DaemonProcess(String name, Installation installation, Path config, Path log) {
    this.name = name;
    this.log = log;
    this.logBegin = LogTail.end(log);
    var words =
        List.of(
            installation.requiredLauncher().toString(),
            name,
            "--config",
            config.toString(),
            "--stop-with-stdin");
    var environment =
        Map.of("CREDENCE_NO_BUILD", "1", "JAVA_HOME", installation.javaHome().toString());
    this.process =
        LineProcess.start(
            new LineProcess.Command(words, environment, log, installation.patience()), this::line);
    var _ = process.exited().thenAccept(code -> ready.completeExceptionally(died(code)));
  }

  /// Starts the daemon `name` ("server" or "node").
  static DaemonProcess start(String name, Installation installation, Path config, Path log) {
    try {
      return new DaemonProcess(name, installation, config, log);
    } catch (UncheckedIOException e) {
      throw CommandFailure.failed(Text.of("cannot start the %s: %s", name, e.getMessage()));
    }
  }

  /// What its `ready KEY=VALUE ...` line says.
  ///
  /// @throws CommandFailure if it ended instead, with the last lines of its log
  Map<String, String> awaitReady() {
    try {
      return facts(ready.get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure failure
          ? failure
          : CommandFailure.failed(name + ": " + e.getCause());
    } catch (TimeoutException _) {
      throw CommandFailure.failed(
          Text.of(
              "the %s is not ready after %d s; last lines of %s:%s",
              name, READY_WITHIN.toSeconds(), log, LogTail.of(log, logBegin)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /// Completed when it has ended, with what to say about it.
  CompletableFuture<CommandFailure> ended() {
    return process.exited().thenApply(this::died);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }

  private void line(String line) {
    if (line.equals(READY) || line.startsWith(READY + " ")) {
      ready.complete(line);
    }
  }

  private CommandFailure died(int code) {
    return CommandFailure.failed(
        Text.of(
            "the %s has stopped (exit code %d); last lines of %s:%s",
            name, code, log, LogTail.of(log, logBegin)));
  }

  private static Map<String, String> facts(String line) {
    return Stream.of(line.split(" ", -1))
        .filter(word -> word.indexOf('=') > 0)
        .collect(
            Collectors.toUnmodifiableMap(
                word -> word.substring(0, word.indexOf('=')),
                word -> word.substring(word.indexOf('=') + 1),
                (a, _) -> a));
  }
}

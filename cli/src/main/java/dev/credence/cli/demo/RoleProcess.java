package dev.credence.cli.demo;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.local.LineProcess;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A process of a role: what it prints is read line by line. Thread-safe.
final class RoleProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 40;
  private static final String END = "\u0000";

  private final String name;
  private final LineProcess.Command command;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final LineProcess process;

  RoleProcess(String name, LineProcess.Command command) {
    this.name = name;
    this.command = command;
    this.process = LineProcess.start(command, lines::add);
    var _ = process.exited().thenAccept(code -> lines.add(END));
  }

  /// The next line that it prints.
  ///
  /// @throws CommandFailure if it ends or is silent instead
  String next() {
    try {
      var line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw CommandFailure.failed(
            Text.of(
                "the %s has said nothing for %d s; see %s", name, PATIENCE_SECONDS, command.log()));
      }
      if (line.equals(END)) {
        throw CommandFailure.failed(Text.of("the %s has ended; see %s", name, command.log()));
      }
      return line;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /// Gives it a line to work on.
  void tell(String line) {
    try {
      process.writeLine(line);
    } catch (IOException e) {
      throw CommandFailure.failed(
          Text.of("the %s does not listen any more: %s; see %s", name, e, command.log()));
    }
  }

  /// Ends its input; it then ends by itself.
  void endInput() {
    process.endInput();
  }

  CompletableFuture<Integer> exited() {
    return process.exited();
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }
}

package dev.credence.cli;

import dev.credence.cli.local.Installation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/// The command line in this process, with a clock that the test commands. Thread-safe.
public final class InProcess {
  private final Map<String, String> environment;
  private final Clock clock;

  public InProcess(Map<String, String> environment, Clock clock) {
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  /// What a command came to.
  public record Outcome(int code, String err) {}

  /// A command that goes on.
  ///
  /// @param lines what it prints, line by line
  public record Going(BlockingQueue<String> lines, CompletableFuture<Outcome> outcome) {}

  /// Runs a command to its end.
  public Outcome run(String... arguments) {
    return run(new StringWriter(), arguments);
  }

  private Outcome run(Writer out, String... arguments) {
    var err = new StringWriter();
    var terminal =
        new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), environment, clock);
    int code =
        new CommandTree(terminal, Installation.of(new Properties(), Map.of())).run(arguments);
    return new Outcome(code, err.toString());
  }

  /// Starts a command on a thread of its own.
  public Going start(String... arguments) {
    var lines = new LinkedBlockingQueue<String>();
    var outcome = new CompletableFuture<Outcome>();
    Thread.ofVirtual().start(() -> outcome.complete(run(new Lines(lines), arguments)));
    return new Going(lines, outcome);
  }

  private static final class Lines extends Writer {
    private final BlockingQueue<String> lines;
    private final StringBuilder line = new StringBuilder();

    Lines(BlockingQueue<String> lines) {
      this.lines = lines;
    }

    @Override
    public void write(char[] text, int from, int length) {
      for (int i = from; i < from + length; i++) {
        if (text[i] == '\n') {
          lines.add(line.toString());
          line.setLength(0);
        } else {
          line.append(text[i]);
        }
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}

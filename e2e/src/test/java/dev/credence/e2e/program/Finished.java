package dev.credence.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/// A command that has ended: what it was, how, and what it said.
public record Finished(List<String> arguments, int exit, String out, String err, Duration took) {

  /// Copies the arguments.
  public Finished {
    arguments = List.copyOf(arguments);
  }

  /// Expects an exit code.
  public Finished expect(int code) {
    assertThat(exit).as("exit code of %s", this).isEqualTo(code);
    assertThat(err).as("error output of %s", this).doesNotContain("Exception in thread", "\tat ");
    return this;
  }

  /// Expects exit 0.
  public Finished done() {
    return expect(0);
  }

  /// Expects an exit code and one line of error output that contains all of `parts`.
  public Finished refused(int code, String... parts) {
    expect(code);
    assertThat(err.strip().lines().toList()).as("error output of %s", this).hasSize(1);
    assertThat(err).as("error output of %s", this).contains(parts);
    return this;
  }

  /// Standard output, line by line.
  public List<String> lines() {
    return out.lines().toList();
  }

  @Override
  public String toString() {
    return "`credence %s` (exit %d)%n%s%s"
        .formatted(
            String.join(" ", arguments), exit, out, err.isEmpty() ? "" : "[error output] " + err);
  }
}

package dev.credence.cli.demo;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import java.io.PrintWriter;

/// Tells the story in numbered steps, and stops it where reality differs from what a step says.
/// Thread-safe.
final class Narrator {

  private final PrintWriter out;
  private int step;

  Narrator(PrintWriter out) {
    this.out = out;
  }

  synchronized void title(String text) {
    out.println(text);
    out.flush();
  }

  synchronized void step(String text) {
    step++;
    out.println();
    out.println(step + ". " + text);
    out.flush();
  }

  synchronized void say(String text) {
    out.println("   " + Printable.line(text));
    out.flush();
  }

  /// What a process printed, as it printed it.
  synchronized void quote(String who, String line) {
    out.println(Text.of("   %8s | %s", who, Printable.line(line)));
    out.flush();
  }

  /// The step goes on only if this holds.
  synchronized void check(boolean holds, String otherwise) {
    if (!holds) {
      throw CommandFailure.failed(
          "step " + step + " is not as it says: " + Printable.line(otherwise));
    }
  }
}

package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that only has subcommands.
@Command
final class Group implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw CommandFailure.usage(
        Text.of(
            "%s: which command? (%s)",
            spec.name(), String.join(", ", spec.subcommands().keySet())));
  }
}

package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Done by the server's own program, which the launcher starts: what is here explains it in the
/// help, and refuses if this program is started in another way.
// The options are read by nobody here, and are in the help all the same.
@SuppressWarnings("UnusedVariable")
@Command(
    name = "restore",
    description =
        "Brings the database back from a backup while the server is stopped. What was banned, suspended, barred or retired since stays so.")
final class ServerRestore implements Runnable {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The backup; none for PostgreSQL, whose own tools bring it back first.")
  private String file = "";

  @Option(names = "--config", paramLabel = "FILE", description = "The server's configuration.")
  private String config = "";

  @Option(
      names = "--replaced",
      paramLabel = "DATABASE",
      description =
          "PostgreSQL: the database that was used before, from which later bans are taken.")
  private String replaced = "";

  @Option(
      names = "--without-later-bans",
      description =
          "Goes on although the database that is replaced cannot be read: what was decided since the backup is lost.")
  private boolean withoutLaterBans;

  @Mixin private final OutputOption output = new OutputOption();

  @Override
  public void run() {
    if (config.isEmpty()) {
      throw CommandFailure.usage("server restore: --config FILE is missing");
    }
    throw CommandFailure.failed(
        "server restore is done by the server's program: start it through ./credence");
  }
}

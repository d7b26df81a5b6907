package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.AuthorityChange;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "activate",
    description = {
      "Lets an authority sign from now on; the active one becomes old.",
      "Refused while nodes that serve have not acknowledged a bundle with it; they are named."
    })
final class AuthorityActivate implements Runnable {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  @Parameters(paramLabel = "ID", description = "The authority's id.")
  private String id = "";

  @Option(
      names = "--wait",
      description = "Waits up to 5 minutes for the nodes that have not acknowledged it.")
  private boolean wait;

  @Option(
      names = "--force",
      description = "Although nodes have not: their processes cannot verify what it signs.")
  private boolean force;

  @Option(names = "--dry-run", description = "Only shows what would happen.")
  private boolean dryRun;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AuthorityActivate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        ChangeAuthorityRequest.newBuilder()
            .setId(id)
            .setForce(force)
            .setDryRun(dryRun)
            .setReason(reason);
    try (var connection = server.connect(terminal)) {
      if (wait && !force) {
        awaitAcknowledged(connection);
      }
      var change =
          connection.change(
              AuthoritiesGrpc::newBlockingStub,
              (stub, key) -> stub.activateAuthority(request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), change, new AuthorityView(terminal.times()).sheet(change));
    }
  }

  private void awaitAcknowledged(DaemonConnection connection) {
    var began = System.nanoTime();
    var would = wouldDo(connection);
    while (would.getUnacknowledgedNodeIdsCount() > 0) {
      if (System.nanoTime() - began > LONGEST_WAIT.toNanos()) {
        throw new CommandFailure(
            ExitCode.FAILED,
            Text.of(
                "authority %s: waited %d s, and still not acknowledged by %s",
                id,
                LONGEST_WAIT.toSeconds(),
                String.join(", ", would.getUnacknowledgedNodeIdsList())));
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      would = wouldDo(connection);
    }
  }

  private AuthorityChange wouldDo(DaemonConnection connection) {
    return connection.ask(
        AuthoritiesGrpc::newBlockingStub,
        stub ->
            stub.activateAuthority(
                ChangeAuthorityRequest.newBuilder().setId(id).setDryRun(true).build()));
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description =
        "Takes an authority out of the bundle, everywhere. Refused while live certificates hang on it; some are named.")
final class AuthorityRevoke implements Runnable {

  @Parameters(paramLabel = "ID", description = "The authority's id.")
  private String id = "";

  @Option(
      names = "--force",
      description = "Although live certificates hang on it: they become invalid.")
  private boolean force;

  @Option(
      names = "--dry-run",
      description = "Only shows what would happen, and which certificates hang on it.")
  private boolean dryRun;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AuthorityRevoke(Terminal terminal) {
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
      var change =
          connection.change(
              AuthoritiesGrpc::newBlockingStub,
              (stub, key) -> stub.revokeAuthority(request.setRequestId(key).build()));
      output
          .format()
          .print(terminal.out(), change, new AuthorityView(terminal.times()).sheet(change));
    }
  }
}

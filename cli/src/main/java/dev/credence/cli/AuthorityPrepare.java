package dev.credence.cli;

import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description =
        "Makes a new authority and puts it into the bundle everywhere. It does not sign yet.")
final class AuthorityPrepare implements Runnable {

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "What it is to sign: x509 (default) or jwt.")
  private String kind = "x509";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AuthorityPrepare(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = PrepareAuthorityRequest.newBuilder().setKind(kind).setReason(reason);
    try (var connection = server.connect(terminal)) {
      var change =
          connection.change(
              AuthoritiesGrpc::newBlockingStub,
              (stub, id) -> stub.prepareAuthority(request.setRequestId(id).build()));
      output
          .format()
          .print(terminal.out(), change, new AuthorityView(terminal.times()).sheet(change));
    }
  }
}

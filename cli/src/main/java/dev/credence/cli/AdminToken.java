package dev.credence.cli;

import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.CreateEnrollmentTokenRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    description =
        "Prints another enrolment token for an administrator, in place of the one before. Whoever redeems it takes the place of the machine before.")
final class AdminToken implements Runnable {

  @Parameters(paramLabel = "NAME", description = "The administrator's name or id.")
  private String reference = "";

  @Mixin private final EnrollmentOptions token = new EnrollmentOptions();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminToken(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        CreateEnrollmentTokenRequest.newBuilder().setReference(reference).setReason(token.reason());
    token.ttl().ifPresent(request::setTokenTtl);
    try (var connection = server.connect(terminal)) {
      var created =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) -> stub.createEnrollmentToken(request.setRequestId(id).build()));
      token.print(terminal, output.format(), created);
    }
  }
}

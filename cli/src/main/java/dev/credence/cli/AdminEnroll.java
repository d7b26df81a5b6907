package dev.credence.cli;

import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.EnrollAdministratorRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "enroll",
    description =
        "Makes somebody an administrator on another machine, and prints the one string that this machine needs. It is a secret, and is printed this once.")
final class AdminEnroll implements Runnable {

  @Parameters(
      paramLabel = "NAME",
      description = "The administrator's name, never used before: /admin/NAME.")
  private String name = "";

  @Option(
      names = "--role",
      paramLabel = "operator|registrar|auditor",
      required = true,
      description =
          "operator: everything but administrators and authorities; registrar: agents and services of its owners; auditor: looks only.")
  private String role = "";

  @Option(
      names = "--owner",
      paramLabel = "OWNER",
      description = "A registrar's owner, with those below it. May be repeated.")
  private List<String> owners = new ArrayList<>();

  @Option(
      names = "--person",
      paramLabel = "PERSON",
      description = "Who it is: a person who is known here.")
  private String person = "";

  @Option(
      names = "--svid-ttl",
      paramLabel = "DURATION",
      description = "How long its SVIDs live (default: 12h; 5m to 7d).")
  private String svidTtl = "";

  @Mixin private final EnrollmentOptions token = new EnrollmentOptions();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminEnroll(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        EnrollAdministratorRequest.newBuilder()
            .setName(Checked.name("NAME", name))
            .setRole(role)
            .addAllOwners(owners)
            .setPerson(person)
            .setReason(token.reason());
    token.ttl().ifPresent(request::setTokenTtl);
    if (!svidTtl.isEmpty()) {
      request.setSvidTtl(Wire.of(Checked.duration("--svid-ttl", svidTtl)));
    }
    try (var connection = server.connect(terminal)) {
      var enrolled =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) -> stub.enrollAdministrator(request.setRequestId(id).build()));
      token.print(terminal, output.format(), enrolled);
    }
  }
}

package dev.credence.cli;

import dev.credence.cli.print.Output;
import dev.credence.proto.admin.v1.AdministratorChange;
import dev.credence.proto.admin.v1.AdministratorLifeRequest;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.CreateEnrollmentTokenRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "resume",
    description =
        "Lets a suspended administrator call again, once it has logged in anew: prints the enrolment token for that. The key it had stays refused.")
final class AdminResume implements Runnable {

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  private String reference = "";

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long the token may be redeemed (default: 10m; at most 24h).")
  private String ttl = "";

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminResume(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var token = CreateEnrollmentTokenRequest.newBuilder().setReference(reference);
    if (!ttl.isEmpty()) {
      token.setTokenTtl(Wire.of(Checked.duration("--ttl", ttl)));
    }
    Output format = output.format();
    try (var connection = server.connect(terminal)) {
      var resumed =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) ->
                  stub.resumeAdministrator(
                      AdministratorLifeRequest.newBuilder()
                          .setReference(reference)
                          .setOptions(change.with(id))
                          .build()));
      if (!resumed.getChange().getDone() || resumed.getChange().getFieldsCount() == 0) {
        tell(format, resumed);
        return;
      }
      new ChangeView(resumed.getChange()).sheet(terminal.times()).accept(terminal.err());
      var created =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) ->
                  stub.createEnrollmentToken(
                      token.setRequestId(id).setReason(change.reason()).build()));
      format.print(terminal.out(), created, out -> out.println(created.getToken()));
      terminal
          .err()
          .println(
              "its old key stays refused: log in with the token above (credence admin login), valid until "
                  + terminal.times().format(created.getExpiresAt()));
    }
  }

  /// Without a token: nothing was resumed, or only tried.
  private void tell(Output format, AdministratorChange resumed) {
    format.print(
        terminal.out(), resumed, new ChangeView(resumed.getChange()).sheet(terminal.times()));
    if (resumed.getChange().getDone()) {
      terminal.err().println("for another enrolment token: credence admin token " + reference);
    }
  }
}

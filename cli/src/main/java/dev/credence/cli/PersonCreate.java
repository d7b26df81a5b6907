package dev.credence.cli;

import dev.credence.proto.admin.v1.CreatePersonRequest;
import dev.credence.proto.admin.v1.PersonsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Makes a person known.")
final class PersonCreate implements Runnable {

  @Parameters(
      paramLabel = "NAME",
      description = "The person's name: lower-case letters, digits, hyphens; at most 63.")
  private String name = "";

  @Mixin private final PersonOptions accounts = new PersonOptions();
  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  PersonCreate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    accounts.check();
    var request =
        CreatePersonRequest.newBuilder()
            .setName(Checked.name("NAME", name))
            .setOidcIssuer(accounts.issuer)
            .setOidcSubject(accounts.subject)
            .setAdministrator(accounts.administrator)
            .addAllLocalUids(accounts.uids());
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              PersonsGrpc::newBlockingStub,
              (stub, id) -> stub.createPerson(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.PersonsGrpc;
import dev.credence.proto.admin.v1.UpdatePersonRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "update", description = "Changes by what a person is known.")
final class PersonUpdate implements Runnable {

  private static final UpdatedFields CLEARABLE =
      new UpdatedFields(
          Map.of("oidc", "oidc", "administrator", "administrator", "uid", "local_uids"));

  @Parameters(paramLabel = "NAME", description = "The person's name or id.")
  private String reference = "";

  @Option(
      names = "--clear",
      paramLabel = "OPTION",
      description = "Empties the value of oidc, administrator or uid. May be repeated.")
  private List<String> cleared = new ArrayList<>();

  @Mixin private final PersonOptions accounts = new PersonOptions();
  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  PersonUpdate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    accounts.check();
    var request =
        UpdatePersonRequest.newBuilder()
            .setReference(reference)
            .setOidcIssuer(accounts.issuer)
            .setOidcSubject(accounts.subject)
            .setAdministrator(accounts.administrator)
            .addAllLocalUids(accounts.uids());
    request.addAllFields(CLEARABLE.with(given(request), cleared));
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              PersonsGrpc::newBlockingStub,
              (stub, id) -> stub.updatePerson(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }

  private List<String> given(UpdatePersonRequest.Builder request) {
    var given = new ArrayList<String>();
    if (!accounts.issuer.isEmpty()) {
      given.add("oidc");
    }
    if (!accounts.administrator.isEmpty()) {
      given.add("administrator");
    }
    if (request.getLocalUidsCount() > 0) {
      given.add("local_uids");
    }
    return given;
  }
}

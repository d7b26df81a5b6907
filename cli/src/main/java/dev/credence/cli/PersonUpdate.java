package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.PersonsGrpc;
import dev.credence.proto.admin.v1.UpdatePersonRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "update", description = "Changes by what a person is known.")
final class PersonUpdate implements Runnable {

  private static final Map<String, String> FIELDS =
      Map.of("oidc", "oidc", "administrator", "administrator", "uid", "local_uids");

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
    addFields(request);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              PersonsGrpc::newBlockingStub,
              (stub, id) -> stub.updatePerson(request.setOptions(change.with(id)).build()));
      output.format().print(terminal.out(), changed, new ChangeView(changed.getChange()).sheet());
    }
  }

  private void addFields(UpdatePersonRequest.Builder request) {
    if (!accounts.issuer.isEmpty()) {
      request.addFields("oidc");
    }
    if (!accounts.administrator.isEmpty()) {
      request.addFields("administrator");
    }
    if (request.getLocalUidsCount() > 0) {
      request.addFields("local_uids");
    }
    for (var option : cleared) {
      var field = FIELDS.get(option);
      if (field == null) {
        throw Checked.refused(
            "--clear",
            option,
            "one of " + FIELDS.keySet().stream().sorted().collect(Collectors.joining(", ")));
      }
      if (request.getFieldsList().contains(field)) {
        throw CommandFailure.usage("--clear " + option + " and its value exclude each other");
      }
      request.addFields(field);
    }
    if (request.getFieldsCount() == 0) {
      throw CommandFailure.usage(
          "nothing to update: give at least one of the options with a value");
    }
  }
}

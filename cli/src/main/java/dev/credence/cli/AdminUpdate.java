package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.UpdateAdministratorRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "update",
    description = "Changes what an administrator may do; it counts from its next call on.")
final class AdminUpdate implements Runnable {

  private static final Map<String, String> FIELDS =
      Map.of("owner", "owners", "person", "person", "svid-ttl", "svid_ttl");

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  private String reference = "";

  @Option(
      names = "--role",
      paramLabel = "operator|registrar|auditor",
      description = "Another role.")
  private String role = "";

  @Option(
      names = "--owner",
      paramLabel = "OWNER",
      description = "A registrar's owner. May be repeated; those given replace all before.")
  private List<String> owners = new ArrayList<>();

  @Option(names = "--person", paramLabel = "PERSON", description = "Who it is.")
  private String person = "";

  @Option(
      names = "--svid-ttl",
      paramLabel = "DURATION",
      description = "How long its next SVIDs live (5m to 7d).")
  private String svidTtl = "";

  @Option(
      names = "--clear",
      paramLabel = "OPTION",
      description = "Empties the value of owner, person or svid-ttl. May be repeated.")
  private List<String> cleared = new ArrayList<>();

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminUpdate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        UpdateAdministratorRequest.newBuilder()
            .setReference(reference)
            .setRole(role)
            .addAllOwners(owners)
            .setPerson(person);
    if (!svidTtl.isEmpty()) {
      request.setSvidTtl(Wire.of(Checked.duration("--svid-ttl", svidTtl)));
    }
    addFields(request);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) -> stub.updateAdministrator(request.setOptions(change.with(id)).build()));
      output.format().print(terminal.out(), changed, new ChangeView(changed.getChange()).sheet());
    }
  }

  private void addFields(UpdateAdministratorRequest.Builder request) {
    add(request, !role.isEmpty(), "role");
    add(request, !owners.isEmpty(), "owners");
    add(request, !person.isEmpty(), "person");
    add(request, !svidTtl.isEmpty(), "svid_ttl");
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

  private static void add(UpdateAdministratorRequest.Builder request, boolean given, String field) {
    if (given) {
      request.addFields(field);
    }
  }
}

package dev.credence.cli;

import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.UpdateAdministratorRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "update",
    description = "Changes what an administrator may do; it counts from its next call on.")
final class AdminUpdate implements Runnable {

  private static final UpdatedFields CLEARABLE =
      new UpdatedFields(Map.of("owner", "owners", "person", "person", "svid-ttl", "svid_ttl"));

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
    request.addAllFields(
        CLEARABLE.with(
            UpdatedFields.of(request).filter(it -> !it.equals("reference")).toList(), cleared));
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              AdministratorsGrpc::newBlockingStub,
              (stub, id) -> stub.updateAdministrator(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

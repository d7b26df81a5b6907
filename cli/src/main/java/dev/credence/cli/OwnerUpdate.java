package dev.credence.cli;

import dev.credence.proto.admin.v1.OwnerLifeGrpc;
import dev.credence.proto.admin.v1.UpdateOwnerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "update",
    description = "Changes who answers for an owner, where it is reached, what stands above it.")
final class OwnerUpdate implements Runnable {

  private static final UpdatedFields CLEARABLE =
      new UpdatedFields(
          Map.of("display", "display_name", "contact", "contact", "parent", "parent"));

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  private String reference = "";

  @Option(names = "--display", paramLabel = "TEXT", description = "Its name for people.")
  private String display = "";

  @Option(names = "--contact", paramLabel = "TEXT", description = "Where to reach it.")
  private String contact = "";

  @Option(
      names = "--human",
      paramLabel = "NAME",
      description = "The accountable person, who must be known.")
  private String human = "";

  @Option(names = "--parent", paramLabel = "OWNER", description = "The owner above it.")
  private String parent = "";

  @Option(
      names = "--clear",
      paramLabel = "OPTION",
      description = "Empties the value of display, contact or parent. May be repeated.")
  private List<String> cleared = new ArrayList<>();

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  OwnerUpdate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        UpdateOwnerRequest.newBuilder()
            .setReference(reference)
            .setDisplayName(display)
            .setContact(contact)
            .setHuman(human)
            .setParent(parent);
    request.addAllFields(
        CLEARABLE.with(
            UpdatedFields.of(request).filter(it -> !it.equals("reference")).toList(), cleared));
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              OwnerLifeGrpc::newBlockingStub,
              (stub, id) -> stub.updateOwner(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}

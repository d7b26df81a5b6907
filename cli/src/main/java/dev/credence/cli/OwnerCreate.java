package dev.credence.cli;

import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.OwnersGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Creates an owner: an accountable team.")
final class OwnerCreate implements Runnable {

  @Parameters(
      paramLabel = "NAME",
      description = "Its name: lower-case letters, digits, hyphens; at most 63.")
  private String name = "";

  @Option(names = "--display", paramLabel = "TEXT", description = "Its name for people.")
  private String display = "";

  @Option(names = "--contact", paramLabel = "TEXT", description = "Where to reach it.")
  private String contact = "";

  @Option(
      names = "--human",
      paramLabel = "NAME",
      description =
          "The accountable person, made known if need be (default: the person that your uid stands for).")
  private String human = "";

  @Option(names = "--parent", paramLabel = "OWNER", description = "The owner above it.")
  private String parent = "";

  @Mixin private final ReasonOption reason = new ReasonOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  OwnerCreate(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        CreateOwnerRequest.newBuilder()
            .setName(Checked.name("NAME", name))
            .setDisplayName(display)
            .setContact(contact)
            .setHuman(human)
            .setParent(parent)
            .setReason(reason.text());
    try (var connection = server.connect(terminal)) {
      var owner =
          connection.change(
              OwnersGrpc::newBlockingStub,
              (stub, id) -> stub.createOwner(request.setRequestId(id).build()));
      output.format().print(terminal.out(), owner, new OwnerView(terminal.times()).sheet(owner));
    }
  }
}

package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create")
final class SubjectCreate implements Runnable {

  @Parameters(
      paramLabel = "NAME",
      description =
          "Its name, unique within its owner: lower-case letters, digits, hyphens; at most 63.")
  private String name = "";

  @Option(
      names = "--owner",
      paramLabel = "OWNER",
      required = true,
      description = "The accountable owner: name or id.")
  private String owner = "";

  @ArgGroup(exclusive = false, heading = "%nWho is it%n")
  private RegistrationOptions registration = new RegistrationOptions();

  @ArgGroup(
      exclusive = false,
      heading =
          "%nThe governance record (kept and shown; what is not yet acted on is kept all the same)%n")
  private GovernanceOptions governance = new GovernanceOptions();

  @Mixin private final ReasonOption reason = new ReasonOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Terminal terminal;

  SubjectCreate(SubjectWords words, Terminal terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        CreateSubjectRequest.newBuilder()
            .setKind(words.kind())
            .setOwner(owner)
            .setReason(reason.text())
            .setName(Checked.name("NAME", name))
            .setGovernance(governance.toMessage(terminal.clock().getZone()));
    registration.addTo(request);
    var hints = new NodeHints(terminal.err());
    try (var connection = server.connect(terminal)) {
      var subject =
          connection.change(
              SubjectsGrpc::newBlockingStub,
              (stub, id) -> stub.createSubject(request.setRequestId(id).build()));
      output
          .format()
          .print(terminal.out(), subject, new SubjectView(terminal.times()).sheet(subject));
      if (server.remote(terminal).isEmpty()) {
        hints.registered(connection);
      }
    } catch (CommandFailure e) {
      hints.refused(e);
      throw e;
    }
  }
}

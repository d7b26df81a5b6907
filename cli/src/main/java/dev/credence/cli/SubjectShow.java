package dev.credence.cli;

import dev.credence.proto.admin.v1.GetSubjectRequest;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show")
final class SubjectShow implements Runnable {

  @Parameters(paramLabel = "NAME", description = "OWNER/NAME, NAME where it is unique, or its id.")
  private String reference = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Terminal terminal;

  SubjectShow(SubjectWords words, Terminal terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var request =
          GetSubjectRequest.newBuilder().setKind(words.kind()).setReference(reference).build();
      var subject = connection.ask(SubjectsGrpc::newBlockingStub, stub -> stub.getSubject(request));
      output
          .format()
          .print(terminal.out(), subject, new SubjectView(terminal.times()).sheet(subject));
    }
  }
}

package dev.credence.cli;

import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.ListSubjectsRequest;
import dev.credence.proto.admin.v1.ListSubjectsResponse;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list")
final class SubjectList implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Terminal terminal;

  SubjectList(SubjectWords words, Terminal terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var all = ListSubjectsResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  SubjectsGrpc::newBlockingStub, stub -> stub.listSubjects(request(token))),
          ListSubjectsResponse::getNextPageToken,
          page -> all.addAllSubjects(page.getSubjectsList()));
    }
    output
        .format()
        .print(terminal.out(), all, new SubjectView(terminal.times()).table(all.getSubjectsList()));
  }

  private ListSubjectsRequest request(String token) {
    return ListSubjectsRequest.newBuilder()
        .setKind(words.kind())
        .setPageSize(Pages.SIZE)
        .setPageToken(token)
        .build();
  }
}

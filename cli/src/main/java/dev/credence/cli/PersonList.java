package dev.credence.cli;

import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.ListPersonsResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.PersonsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the persons, in order of creation.")
final class PersonList implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  PersonList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var all = ListPersonsResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  PersonsGrpc::newBlockingStub,
                  stub ->
                      stub.listPersons(
                          ListRequest.newBuilder()
                              .setPageSize(Pages.SIZE)
                              .setPageToken(token)
                              .build())),
          ListPersonsResponse::getNextPageToken,
          page -> all.addAllPersons(page.getPersonsList()));
    }
    output.format().print(terminal.out(), all, PersonView.table(all.getPersonsList()));
  }
}

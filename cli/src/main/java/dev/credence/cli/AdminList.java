package dev.credence.cli;

import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.ListAdministratorsResponse;
import dev.credence.proto.admin.v1.ListRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    description = "Lists the administrators on other machines, in order of creation.")
final class AdminList implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var all = ListAdministratorsResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  AdministratorsGrpc::newBlockingStub,
                  stub ->
                      stub.listAdministrators(
                          ListRequest.newBuilder()
                              .setPageSize(Pages.SIZE)
                              .setPageToken(token)
                              .build())),
          ListAdministratorsResponse::getNextPageToken,
          page -> all.addAllAdministrators(page.getAdministratorsList()));
    }
    output
        .format()
        .print(
            terminal.out(),
            all,
            new AdministratorView(terminal.times()).table(all.getAdministratorsList()));
  }
}

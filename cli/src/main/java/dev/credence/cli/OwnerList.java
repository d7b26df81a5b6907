package dev.credence.cli;

import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.ListOwnersResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.OwnersGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the owners, in order of creation.")
final class OwnerList implements Runnable {

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  OwnerList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var all = ListOwnersResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      Pages.each(
          token ->
              connection.ask(
                  OwnersGrpc::newBlockingStub,
                  stub ->
                      stub.listOwners(
                          ListRequest.newBuilder()
                              .setPageSize(Pages.SIZE)
                              .setPageToken(token)
                              .build())),
          ListOwnersResponse::getNextPageToken,
          page -> all.addAllOwners(page.getOwnersList()));
    }
    output
        .format()
        .print(terminal.out(), all, new OwnerView(terminal.times()).table(all.getOwnersList()));
  }
}

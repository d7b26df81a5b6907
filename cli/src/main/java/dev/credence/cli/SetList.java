package dev.credence.cli;

import dev.credence.cli.print.Table;
import dev.credence.proto.admin.v1.ListMembersRequest;
import dev.credence.proto.admin.v1.SetsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = "Lists what belongs to which set of declarations, retired things too.")
final class SetList implements Runnable {

  @Option(names = "--set", paramLabel = "SET", description = "Only this set.")
  private String set = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  SetList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var members =
          connection.ask(
              SetsGrpc::newBlockingStub,
              stub -> stub.listMembers(ListMembersRequest.newBuilder().setSet(set).build()));
      output
          .format()
          .print(
              terminal.out(),
              members,
              out -> {
                var table = new Table("SET", "WHAT", "STATE");
                members
                    .getMembersList()
                    .forEach(it -> table.row(it.getSet(), it.getThing(), it.getState()));
                table.print(out);
                out.flush();
              });
    }
  }
}

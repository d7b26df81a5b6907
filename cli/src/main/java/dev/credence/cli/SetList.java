package dev.credence.cli;

import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.client.Pages;
import dev.credence.cli.print.Table;
import dev.credence.proto.admin.v1.ListMembersRequest;
import dev.credence.proto.admin.v1.ListMembersResponse;
import dev.credence.proto.admin.v1.SetMember;
import dev.credence.proto.admin.v1.SetsGrpc;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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
    var all = ListMembersResponse.newBuilder();
    try (var connection = server.connect(terminal)) {
      all.addAllMembers(members(connection, set));
    }
    output.format().print(terminal.out(), all, out -> table(out, all.getMembersList()));
  }

  private static void table(PrintWriter out, List<SetMember> members) {
    var table = new Table("SET", "WHAT", "STATE");
    members.forEach(it -> table.row(it.getSet(), it.getThing(), it.getState()));
    table.print(out);
    out.flush();
  }

  /// All of them, page by page.
  ///
  /// @param set empty: of all sets
  static List<SetMember> members(DaemonConnection connection, String set) {
    List<SetMember> all = new ArrayList<>();
    Pages.each(
        token ->
            connection.ask(
                SetsGrpc::newBlockingStub,
                stub ->
                    stub.listMembers(
                        ListMembersRequest.newBuilder()
                            .setSet(set)
                            .setPageSize(Pages.SIZE)
                            .setPageToken(token)
                            .build())),
        ListMembersResponse::getNextPageToken,
        page -> all.addAll(page.getMembersList()));
    return all;
  }
}

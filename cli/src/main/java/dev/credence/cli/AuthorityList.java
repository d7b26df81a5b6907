package dev.credence.cli;

import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.ListAuthoritiesRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = "Lists the authorities, in order of creation, with what hangs on each.")
final class AuthorityList implements Runnable {

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only those that sign this: x509 or jwt.")
  private String kind = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AuthorityList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      var all =
          connection.ask(
              AuthoritiesGrpc::newBlockingStub,
              stub ->
                  stub.listAuthorities(ListAuthoritiesRequest.newBuilder().setKind(kind).build()));
      output
          .format()
          .print(
              terminal.out(),
              all,
              new AuthorityView(terminal.times()).table(all.getAuthoritiesList()));
    }
  }
}

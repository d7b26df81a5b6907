package dev.credence.cli;

import dev.credence.cli.client.DaemonConnection;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.ListEventsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Lists what happened, refusals too, in order.")
final class EventList implements Runnable {

  private static final int PAGE = 500;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From then on: 2026-01-31T09:30, or 10m for ten minutes ago.")
  private String since = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description =
          "Only of this kind, such as execution-ended. Of unregistered: an inventory of what asks (see --each).")
  private String kind = "";

  @Option(
      names = "--node",
      paramLabel = "ID",
      description = "Only about this node; together with --kind.")
  private String node = "";

  @Option(
      names = "--each",
      description =
          "Of the kind unregistered: the single events, not one row for each node, user and executable.")
  private boolean each;

  @Option(names = "--agent", paramLabel = "NAME", description = "Only of this agent or service.")
  private String agent = "";

  @Option(
      names = "--follow",
      description =
          "Then go on: print events as they come, until interrupted. As JSON: one event on each line.")
  private boolean follow;

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  EventList(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request =
        ListEventsRequest.newBuilder()
            .setKind(kind)
            .setSubject(agent)
            .setNode(node)
            .setPageSize(PAGE);
    if (!since.isEmpty()) {
      request.setSince(Wire.of(Checked.since("--since", since, terminal.clock())));
    }
    if (follow) {
      new EventFollow(server, output.format(), terminal).run(request);
      return;
    }
    try (var connection = server.connect(terminal)) {
      if (isInventory()) {
        inventory(connection, request);
      } else {
        list(connection, request);
      }
    }
  }

  /// No agent's: who asks without a registration is none.
  private boolean isInventory() {
    return kind.equals(UnregisteredList.KIND) && agent.isEmpty() && !each;
  }

  private void inventory(DaemonConnection connection, ListEventsRequest.Builder request) {
    var found = UnregisteredList.ask(connection, request);
    output
        .format()
        .print(
            terminal.out(), found, out -> new UnregisteredView(terminal.times()).print(found, out));
    if (!found.getNextPageToken().isEmpty()) {
      terminal.err().println("there are more rows than are shown; ask for one node (--node)");
    }
  }

  private void list(DaemonConnection connection, ListEventsRequest.Builder request) {
    var all = ListEventsResponse.newBuilder();
    var after = 0L;
    do {
      var next = request.setAfter(after).build();
      var page = connection.ask(EventsGrpc::newBlockingStub, stub -> stub.listEvents(next));
      all.addAllEvents(page.getEventsList());
      after = page.getNextAfter();
    } while (after != 0 && Long.compareUnsigned(after, request.getAfter()) > 0);
    output
        .format()
        .print(terminal.out(), all, new EventView(terminal.times()).table(all.getEventsList()));
  }
}

package dev.credence.cli;

import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.print.Json;
import dev.credence.cli.print.Output;
import dev.credence.cli.print.Table;
import dev.credence.cli.remote.RemoteServer;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Prints events as they come. Over the network a stream lasts as long as the SVID that opened it:
/// it is opened again with a renewed one, and goes on where it was. One use.
final class EventFollow {

  private final AdminOption server;
  private final Output format;
  private final Terminal terminal;
  private final EventView view;
  private final Table table;
  private long after;

  EventFollow(AdminOption server, Output format, Terminal terminal) {
    this.server = server;
    this.format = format;
    this.terminal = terminal;
    this.view = new EventView(terminal.times());
    this.table = view.stream();
  }

  /// Returns only by a failure.
  void run(ListEventsRequest.Builder request) {
    if (format == Output.TABLE) {
      table.print(terminal.out());
    }
    var remote = server.remote(terminal);
    while (once(request.setAfter(after).build(), remote)) {
      // with a renewed SVID
    }
  }

  /// @return true: there is an SVID to go on with
  private boolean once(ListEventsRequest request, Optional<RemoteServer> remote) {
    try (var connection = server.connect(terminal)) {
      var until = remote.map(RemoteServer::until);
      return connection.translated(() -> {
        try {
          follow(connection, request, remote);
          return false;
        } catch (StatusRuntimeException e) {
          if (goesOn(e.getStatus().getCode(), remote, until)) {
            return true;
          }
          throw e;
        }
      });
    }
  }

  private void follow(
      DaemonConnection connection, ListEventsRequest request, Optional<RemoteServer> remote) {
    var stub = connection.streaming(EventsGrpc::newBlockingStub);
    var bounded =
        remote
            .map(it -> stub.withDeadlineAfter(it.stay().toMillis(), TimeUnit.MILLISECONDS))
            .orElse(stub);
    bounded.followEvents(request).forEachRemaining(this::print);
  }

  /// The deadline is our own, for renewal; what has run out was renewed meanwhile, or was not.
  private static boolean goesOn(
      Status.Code code, Optional<RemoteServer> remote, Optional<Instant> until) {
    return remote.isPresent()
        && (code == Status.Code.DEADLINE_EXCEEDED
            || (code == Status.Code.UNAUTHENTICATED
                && until.filter(it -> remote.get().until().isAfter(it)).isPresent()));
  }

  private void print(Event event) {
    after = event.getNumber();
    if (format == Output.JSON) {
      terminal.out().println(Json.line(event));
      terminal.out().flush();
    } else {
      view.add(table, event).print(terminal.out());
    }
  }
}

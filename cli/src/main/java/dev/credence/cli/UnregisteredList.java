package dev.credence.cli;

import dev.credence.cli.client.DaemonConnection;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequestOrBuilder;
import dev.credence.proto.admin.v1.ListUnregisteredRequest;
import dev.credence.proto.admin.v1.ListUnregisteredResponse;
import dev.credence.proto.admin.v1.Unregistered;
import java.util.ArrayList;
import java.util.List;

/// The events of unregistered processes as an inventory: one row for each node, user and
/// executable, summed up by the server. Stateless.
final class UnregisteredList {

  static final String KIND = "unregistered";
  private static final int PAGE = 1000;
  private static final int MOST_PAGES = 20;

  private UnregisteredList() {}

  /// At most 20,000 rows: their number is up to whoever asks in vain. With a page token: there are
  /// more.
  static ListUnregisteredResponse ask(
      DaemonConnection connection, ListEventsRequestOrBuilder filters) {
    var request = ListUnregisteredRequest.newBuilder().setNode(filters.getNode()).setPageSize(PAGE);
    if (filters.hasSince()) {
      request.setSince(filters.getSince());
    }
    List<Unregistered> rows = new ArrayList<>();
    int pages = 0;
    do {
      var next = request.build();
      var page = connection.ask(EventsGrpc::newBlockingStub, stub -> stub.listUnregistered(next));
      rows.addAll(page.getRowsList());
      request.setPageToken(page.getNextPageToken());
      pages++;
    } while (!request.getPageToken().isEmpty() && pages < MOST_PAGES);
    return ListUnregisteredResponse.newBuilder()
        .addAllRows(UnregisteredView.newestFirst(rows))
        .setNextPageToken(request.getPageToken())
        .build();
  }
}

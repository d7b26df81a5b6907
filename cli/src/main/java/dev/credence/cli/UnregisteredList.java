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

  private UnregisteredList() {}

  static ListUnregisteredResponse ask(
      DaemonConnection connection, ListEventsRequestOrBuilder filters) {
    var request = ListUnregisteredRequest.newBuilder().setNode(filters.getNode()).setPageSize(PAGE);
    if (filters.hasSince()) {
      request.setSince(filters.getSince());
    }
    List<Unregistered> rows = new ArrayList<>();
    do {
      var next = request.build();
      var page = connection.ask(EventsGrpc::newBlockingStub, stub -> stub.listUnregistered(next));
      rows.addAll(page.getRowsList());
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
    return ListUnregisteredResponse.newBuilder()
        .addAllRows(UnregisteredView.newestFirst(rows))
        .build();
  }
}

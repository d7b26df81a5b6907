package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.ListEventsResponse;
import dev.credence.proto.admin.v1.ListUnregisteredRequest;
import dev.credence.proto.admin.v1.ListUnregisteredResponse;
import dev.credence.server.core.EventView;
import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Executor;

/// `credence.admin.v1.Events`.
final class EventsService extends EventsGrpc.EventsImplBase {
  private final ServerCore core;
  private final Executor executor;

  EventsService(ServerCore core, Executor executor) {
    this.core = core;
    this.executor = executor;
  }

  @Override
  public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> observer) {
    Unary.answer(observer, scope -> list(request, scope));
  }

  private ListEventsResponse list(ListEventsRequest request, CallScope scope)
      throws ServerException {
    int size = Fields.page(request.getPageSize(), "").size();
    List<EventView> events = core.queries().as(scope.caller().actor()).events(query(request), size);
    long next = events.size() < size ? 0 : events.getLast().event().number();
    return ListEventsResponse.newBuilder()
        .addAllEvents(events.stream().map(AdminMessages::of).toList())
        .setNextAfter(next)
        .build();
  }

  private static EventQuery query(ListEventsRequest request) throws ServerException {
    if (request.getAfter() < 0) {
      throw Fields.invalid("after: out of range (expected: the number of an event)");
    }
    return new EventQuery(
        request.getAfter(),
        Fields.instant("since", request.hasSince(), request.getSince()),
        request.getKind(),
        Fields.maybeReference("subject", request.getSubject()),
        Fields.maybeReference("node", request.getNode()));
  }

  @Override
  public void listUnregistered(
      ListUnregisteredRequest request, StreamObserver<ListUnregisteredResponse> observer) {
    Unary.answer(observer, scope -> unregistered(request, scope));
  }

  private ListUnregisteredResponse unregistered(ListUnregisteredRequest request, CallScope scope)
      throws ServerException {
    return AdminMessages.of(
        core.queries()
            .as(scope.caller().actor())
            .unregistered(
                Fields.instant("since", request.hasSince(), request.getSince()),
                Fields.maybeReference("node", request.getNode()),
                Fields.page(request.getPageSize(), request.getPageToken())));
  }

  @Override
  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  public void followEvents(ListEventsRequest request, StreamObserver<Event> observer) {
    CallScope scope = CallScope.current();
    try {
      new EventSession(scope, (ServerCallStreamObserver<Event>) observer, executor)
          .begin(core.queries().as(scope.caller().actor()), query(request));
    } catch (ServerException | RuntimeException | Error e) {
      observer.onError(Errors.toStatus(e, scope));
    }
  }
}

package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.ApplyRequest;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.ListMembersRequest;
import dev.credence.proto.admin.v1.ListMembersResponse;
import dev.credence.proto.admin.v1.SetsGrpc;
import dev.credence.server.core.Life;
import dev.credence.server.core.ServerException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Sets`: declared things, many at once.
final class SetsService extends SetsGrpc.SetsImplBase {
  // 10,000 members; more might not fit into one message (4 MiB).
  private static final int MOST_PAGES = 10;

  private final Life.SetCases sets;
  private final ApplyLimits limits = new ApplyLimits();

  SetsService(Life.SetCases sets) {
    this.sets = sets;
  }

  @Override
  public StreamObserver<ApplyRequest> apply(StreamObserver<ApplyResponse> observer) {
    var out = (ServerCallStreamObserver<ApplyResponse>) observer;
    CallScope scope = CallScope.current();
    var session = new ApplySession(scope, out, sets.apply(), limits);
    out.setOnCancelHandler(session::over);
    out.setOnCloseHandler(session::over);
    return session;
  }

  @Override
  public void listMembers(
      ListMembersRequest request, StreamObserver<ListMembersResponse> observer) {
    Unary.answer(observer, scope -> members(scope, request));
  }

  private ListMembersResponse members(CallScope scope, ListMembersRequest request)
      throws ServerException {
    var answer = ListMembersResponse.newBuilder().setNextPageToken(request.getPageToken());
    // Who names no size may be older than the pages, and takes the first answer for all there is.
    int size = request.getPageSize() == 0 ? Fields.LARGEST_PAGE : request.getPageSize();
    int pages = request.getPageSize() == 0 ? MOST_PAGES : 1;
    do {
      var page =
          sets.members()
              .list(
                  scope.caller().actor(),
                  request.getSet(),
                  Fields.page(size, answer.getNextPageToken()));
      answer
          .addAllMembers(page.items().stream().map(ApplyMessages::of).toList())
          .setNextPageToken(page.next().orElse(""));
      pages--;
    } while (pages > 0 && !answer.getNextPageToken().isEmpty());
    return answer.build();
  }
}

package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.CreateJoinTokenResponse;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListNodesResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.server.core.CreateJoinToken.NewToken;
import dev.credence.server.core.CreatedToken;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Nodes`.
final class NodesService extends NodesGrpc.NodesImplBase {
  private final ServerCore core;

  NodesService(ServerCore core) {
    this.core = core;
  }

  @Override
  public void createJoinToken(
      CreateJoinTokenRequest request, StreamObserver<CreateJoinTokenResponse> observer) {
    Unary.answer(observer, scope -> create(request, scope));
  }

  private CreateJoinTokenResponse create(CreateJoinTokenRequest request, CallScope scope)
      throws ServerException {
    CreatedToken created =
        core.createJoinToken()
            .run(
                scope.caller().actor(),
                Fields.requestId(request.getRequestId()),
                new NewToken(
                    Fields.duration("ttl", request.hasTtl(), request.getTtl()),
                    request.getLabelsMap()),
                request.getReason());
    return CreateJoinTokenResponse.newBuilder()
        .setToken(created.token().reveal())
        .setExpiresAt(Fields.timestamp(created.expiresAt()))
        .build();
  }

  @Override
  public void getNode(GetRequest request, StreamObserver<Node> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.of(
                core.queries()
                    .as(scope.caller().actor())
                    .node(Fields.reference("reference", request.getReference()))));
  }

  @Override
  public void listNodes(ListRequest request, StreamObserver<ListNodesResponse> observer) {
    Unary.answer(observer, scope -> list(request, scope));
  }

  private ListNodesResponse list(ListRequest request, CallScope scope) throws ServerException {
    var page =
        core.queries()
            .as(scope.caller().actor())
            .nodes(Fields.page(request.getPageSize(), request.getPageToken()));
    return ListNodesResponse.newBuilder()
        .addAllNodes(page.items().stream().map(AdminMessages::of).toList())
        .setNextPageToken(page.next().orElse(""))
        .build();
  }
}

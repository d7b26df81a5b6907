package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.Bar;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.ListBarsRequest;
import dev.credence.proto.admin.v1.ListBarsResponse;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.admin.v1.NodeDecisionResponse;
import dev.credence.proto.admin.v1.RevokeExecutionRequest;
import dev.credence.proto.admin.v1.RevokeExecutionResponse;
import dev.credence.proto.admin.v1.UnbarExecutionRequest;
import dev.credence.server.core.DecideNode;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.Actor;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Ends`.
final class EndsService extends EndsGrpc.EndsImplBase {
  private final ServerCore core;

  EndsService(ServerCore core) {
    this.core = core;
  }

  @Override
  public void revokeExecution(
      RevokeExecutionRequest request, StreamObserver<RevokeExecutionResponse> observer) {
    Unary.answer(
        observer,
        scope ->
            EndsMessages.of(
                core.revokeExecution()
                    .run(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        Fields.reference("execution_id", request.getExecutionId()),
                        request.getReason())));
  }

  @Override
  public void unbarExecution(UnbarExecutionRequest request, StreamObserver<Bar> observer) {
    Unary.answer(
        observer,
        scope ->
            EndsMessages.of(
                core.liftBar()
                    .run(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        Fields.reference("execution_id", request.getExecutionId()),
                        request.getReason())));
  }

  @Override
  public void suspendNode(
      NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
    decide(Decision.SUSPEND, request, observer);
  }

  @Override
  public void resumeNode(
      NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
    decide(Decision.RESUME, request, observer);
  }

  @Override
  public void banNode(NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
    decide(Decision.BAN, request, observer);
  }

  @Override
  public void evictNode(
      NodeDecisionRequest request, StreamObserver<NodeDecisionResponse> observer) {
    decide(Decision.EVICT, request, observer);
  }

  private void decide(
      Decision decision,
      NodeDecisionRequest request,
      StreamObserver<NodeDecisionResponse> observer) {
    Unary.answer(observer, scope -> decided(scope.caller().actor(), decision, request));
  }

  private NodeDecisionResponse decided(Actor actor, Decision decision, NodeDecisionRequest request)
      throws ServerException {
    var wanted =
        new DecideNode.Wanted(
            decision, Fields.reference("node_id", request.getNodeId()), request.getReason());
    if (!request.getDryRun()) {
      return EndsMessages.of(
          core.decideNode().run(actor, Fields.requestId(request.getRequestId()), wanted));
    }
    if (!request.getRequestId().isEmpty()) {
      throw Fields.invalid(
          "request_id: with dry_run (expected: none, so that no server does what is only asked)");
    }
    return EndsMessages.tried(core.decideNode().wouldDo(actor, wanted));
  }

  @Override
  public void listBars(ListBarsRequest request, StreamObserver<ListBarsResponse> observer) {
    Unary.answer(observer, scope -> list(request, scope));
  }

  private ListBarsResponse list(ListBarsRequest request, CallScope scope) throws ServerException {
    var page =
        core.queries()
            .as(scope.caller().actor())
            .bars(request.getAll(), Fields.page(request.getPageSize(), request.getPageToken()));
    return ListBarsResponse.newBuilder()
        .addAllBars(page.items().stream().map(EndsMessages::of).toList())
        .setNextPageToken(page.next().orElse(""))
        .build();
  }
}

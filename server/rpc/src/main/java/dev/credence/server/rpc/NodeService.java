package dev.credence.server.rpc;

import dev.credence.certs.Id;
import dev.credence.proto.node.v1.EndExecutionRequest;
import dev.credence.proto.node.v1.EndExecutionResponse;
import dev.credence.proto.node.v1.IssueJwtSvidRequest;
import dev.credence.proto.node.v1.IssuedJwtSvid;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.NodeGrpc;
import dev.credence.proto.node.v1.NodeSvid;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.RenewExecutionRequest;
import dev.credence.proto.node.v1.RenewNodeRequest;
import dev.credence.proto.node.v1.SyncRequest;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.server.core.EndExecution;
import dev.credence.server.core.IssueJwtSvid;
import dev.credence.server.core.OpenExecution;
import dev.credence.server.core.RenewExecution;
import dev.credence.server.core.RenewNode;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/// `credence.node.v1.Node`: a node, for itself.
final class NodeService extends NodeGrpc.NodeImplBase {
  private final ServerCore core;
  private final SyncSession.Parts sync;

  NodeService(ServerCore core, SyncSession.Parts sync) {
    this.core = core;
    this.sync = sync;
  }

  private static Id node(CallScope scope) throws ServerException {
    if (scope.caller() instanceof Caller.Node node) {
      return node.id();
    }
    throw notANode(scope.caller());
  }

  /// By which SVID a node wants a new one: the valid one, or the one that ran out.
  private static RenewNode.Asked renewal(Caller caller, Id startId) throws ServerException {
    return switch (caller) {
      case Caller.Node node ->
          new RenewNode.Asked(startId, Optional.of(node.serial())).by(node.key());
      case Caller.ExpiredNode node ->
          new RenewNode.Asked(
              startId,
              Optional.of(node.serial()),
              Optional.of(new RenewNode.Returning(node.key(), node.notAfter())));
      default -> throw notANode(caller);
    };
  }

  private static ServerException notANode(Caller caller) {
    return new ServerException(Kind.REFUSED, caller.actor().label() + " is not a node");
  }

  @Override
  public StreamObserver<SyncRequest> sync(StreamObserver<SyncResponse> observer) {
    CallScope scope = CallScope.current();
    try {
      var session =
          new SyncSession(
              node(scope), scope, sync, (ServerCallStreamObserver<SyncResponse>) observer);
      session.begin();
      return session;
    } catch (ServerException e) {
      throw Errors.toStatus(e, scope);
    }
  }

  @Override
  public void openExecution(OpenExecutionRequest request, StreamObserver<IssuedSvid> observer) {
    Unary.answer(
        observer,
        scope ->
            NodeMessages.of(
                core.openExecution()
                    .run(
                        node(scope),
                        Fields.requestId(request.getRequestId()),
                        new OpenExecution.Asked(
                            Fields.id("start_id", request.getStartId()),
                            Fields.id("registration_id", request.getRegistrationId()),
                            request.getRegistrationRevision(),
                            CommonMessages.attestation(request.getAttestation())),
                        Fields.csr(request.getCsr()))));
  }

  @Override
  public void renewExecution(RenewExecutionRequest request, StreamObserver<IssuedSvid> observer) {
    Unary.answer(
        observer,
        scope ->
            NodeMessages.of(
                core.renewExecution()
                    .run(
                        node(scope),
                        Fields.requestId(request.getRequestId()),
                        new RenewExecution.Asked(
                            Fields.id("start_id", request.getStartId()),
                            Fields.id("execution_id", request.getExecutionId()),
                            CommonMessages.attestation(request.getAttestation())),
                        Fields.csr(request.getCsr()))));
  }

  @Override
  public void issueJwtSvid(IssueJwtSvidRequest request, StreamObserver<IssuedJwtSvid> observer) {
    Unary.answer(
        observer,
        scope ->
            NodeMessages.of(
                core.issueJwtSvid()
                    .run(
                        node(scope),
                        Fields.requestId(request.getRequestId()),
                        new IssueJwtSvid.Asked(
                            Fields.id("start_id", request.getStartId()),
                            Fields.id("execution_id", request.getExecutionId()),
                            request.getAudiencesList(),
                            Fields.duration("ttl", request.hasTtl(), request.getTtl())))));
  }

  @Override
  public void endExecution(
      EndExecutionRequest request, StreamObserver<EndExecutionResponse> observer) {
    Unary.answer(observer, scope -> end(request, scope));
  }

  private EndExecutionResponse end(EndExecutionRequest request, CallScope scope)
      throws ServerException {
    var _ =
        core.endExecution()
            .byNode(
                node(scope),
                Fields.requestId(request.getRequestId()),
                new EndExecution.Report(
                    Fields.id("start_id", request.getStartId()),
                    Fields.id("execution_id", request.getExecutionId()),
                    request.getReason()));
    return EndExecutionResponse.getDefaultInstance();
  }

  @Override
  public void renewNode(RenewNodeRequest request, StreamObserver<NodeSvid> observer) {
    Unary.answer(
        observer,
        scope ->
            NodeMessages.nodeSvid(
                core.renewNode()
                    .run(
                        scope.caller() instanceof Caller.ExpiredNode away ? away.id() : node(scope),
                        Fields.requestId(request.getRequestId()),
                        renewal(scope.caller(), Fields.id("start_id", request.getStartId())),
                        Fields.csr(request.getCsr())),
                core.trust().bundle()));
  }
}

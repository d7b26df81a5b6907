package dev.credence.server.rpc;

import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.server.core.AttestNode;
import dev.credence.server.core.NodeSvid;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/// `credence.node.v1.NodeAttestation`: first contact.
final class AttestationService extends NodeAttestationGrpc.NodeAttestationImplBase {
  private static final int LONGEST_EVIDENCE = 16 * 1024;
  private static final int LONGEST_NAME = 64;

  private final ServerCore core;
  private final Executor executor;

  /// @param executor where attestation may block, waiting for an answer
  AttestationService(ServerCore core, Executor executor) {
    this.core = core;
    this.executor = executor;
  }

  @Override
  public StreamObserver<AttestRequest> attest(StreamObserver<AttestResponse> observer) {
    CallScope scope = CallScope.current();
    return new AttestationSession(
        scope, observer, executor, (params, asking) -> attest(params, asking, scope));
  }

  private AttestResponse attest(AttestParams params, AttestNode.Asking asking, CallScope scope)
      throws ServerException {
    NodeMessages.requireVersion(params.getVersion());
    if (params.getAttestor().length() > LONGEST_NAME
        || params.getEvidence().size() > LONGEST_EVIDENCE) {
      throw Fields.invalid(
          "attestor or evidence too long (expected: at most 64 characters, 16384 bytes)");
    }
    NodeSvid svid =
        core.attestNode()
            .run(
                scope.caller().actor(),
                Fields.requestId(params.getRequestId()),
                new AttestNode.Shown(
                    params.getAttestor(), params.getEvidence().toByteArray(), asking),
                Fields.csr(params.getCsr()));
    return AttestResponse.newBuilder()
        .setResult(
            AttestResult.newBuilder()
                .setNodeId(svid.node().toString())
                .setSvid(NodeMessages.nodeSvid(svid, core.trust().bundle())))
        .build();
  }
}

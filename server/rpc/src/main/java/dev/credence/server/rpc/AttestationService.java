package dev.credence.server.rpc;

import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.server.core.NodeSvid;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;

/// `credence.node.v1.NodeAttestation`: first contact. No attestor that this server knows has a
/// challenge yet, so there is one message each way.
final class AttestationService extends NodeAttestationGrpc.NodeAttestationImplBase {
  private static final int LONGEST_EVIDENCE = 16 * 1024;
  private static final int LONGEST_NAME = 64;

  private final ServerCore core;

  AttestationService(ServerCore core) {
    this.core = core;
  }

  @Override
  public StreamObserver<AttestRequest> attest(StreamObserver<AttestResponse> observer) {
    return new Session(CallScope.current(), observer);
  }

  private AttestResponse attest(AttestParams params, CallScope scope) throws ServerException {
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
                params.getAttestor(),
                params.getEvidence().toByteArray(),
                Fields.csr(params.getCsr()));
    return AttestResponse.newBuilder()
        .setResult(
            AttestResult.newBuilder()
                .setNodeId(svid.node().toString())
                .setSvid(NodeMessages.nodeSvid(svid, core.trust().bundle())))
        .build();
  }

  private final class Session implements StreamObserver<AttestRequest> {
    private final CallScope scope;
    private final StreamObserver<AttestResponse> out;
    private boolean answered;

    Session(CallScope scope, StreamObserver<AttestResponse> out) {
      this.scope = scope;
      this.out = out;
    }

    @Override
    @SuppressWarnings(
        "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
    public void onNext(AttestRequest request) {
      if (answered) {
        return;
      }
      answered = true;
      AttestResponse answer;
      try {
        if (!request.hasParams()) {
          throw Fields.invalid("the first message is not params");
        }
        answer = attest(request.getParams(), scope);
      } catch (ServerException | RuntimeException | Error e) {
        out.onError(Errors.toStatus(e, scope));
        return;
      }
      out.onNext(answer);
      out.onCompleted();
    }

    @Override
    public void onError(Throwable cancelled) {
      answered = true;
    }

    @Override
    public void onCompleted() {
      if (!answered) {
        answered = true;
        out.onError(Errors.toStatus(Fields.invalid("no params were sent"), scope));
      }
    }
  }
}

package dev.credence.node;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeBinding;
import dev.credence.attestors.NodeProver;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.TrustDomain;
import dev.credence.node.CallException.Kind;
import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.proto.node.v1.NodeSvid;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shows the server which machine this is, and gets the node's first SVID. The same request is
/// repeated until there is an answer: the same token with the same key counts once.
final class FirstContact {
  private static final int VERSION = 1;
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int REQUEST_ID_BYTES = 16;

  private final Supplier<ManagedChannel> dialer;
  private final NodeProver prover;
  private final TrustDomain trustDomain;
  private final AttestRequest request;
  private final byte[] binding;
  private final PointListener points;

  /// @param dialer connects to the server that the token names, which must prove to be it before
  ///   anything is sent
  FirstContact(
      Supplier<ManagedChannel> dialer,
      NodeProver prover,
      TrustDomain trustDomain,
      KeyPair keys,
      Seams seams)
      throws AttestationException {
    this.dialer = dialer;
    this.prover = prover;
    this.trustDomain = trustDomain;
    this.points = seams.points();
    byte[] csr = CertificateRequest.create(keys, seams.crypto());
    this.binding = NodeBinding.of(trustDomain, csr);
    byte[] id = new byte[REQUEST_ID_BYTES];
    seams.random().nextBytes(id);
    this.request =
        AttestRequest.newBuilder()
            .setParams(
                AttestParams.newBuilder()
                    .setVersion(VERSION)
                    .setRequestId(Wire.bytes(id))
                    .setAttestor(prover.name())
                    .setEvidence(Wire.bytes(prover.evidence()))
                    .setCsr(Wire.bytes(csr)))
            .build();
  }

  /// One attempt. Blocks.
  ///
  /// @throws CallException AWAY: worth another attempt; otherwise the server does not want this
  ///   node
  NodeCertificate attempt() throws CallException {
    ManagedChannel channel = dialer.get();
    try {
      var exchange = new Exchange();
      var _ = NodeAttestationGrpc.newStub(channel).withDeadlineAfter(DEADLINE).attest(exchange);
      return GrpcServerPort.certificate(exchange.result(request), trustDomain);
    } finally {
      channel.shutdownNow();
    }
  }

  private final class Exchange implements ClientResponseObserver<AttestRequest, AttestResponse> {
    private final CompletableFuture<NodeSvid> result = new CompletableFuture<>();
    private volatile @Nullable ClientCallStreamObserver<AttestRequest> out;

    NodeSvid result(AttestRequest first) throws CallException {
      Objects.requireNonNull(out, "call not started").onNext(first);
      points.reached(PointListener.Point.JOIN_SENT);
      try {
        return result.get(DEADLINE.toSeconds() + 1, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw failed(Status.fromThrowable(Objects.requireNonNullElse(e.getCause(), e)));
      } catch (TimeoutException e) {
        throw new CallException(Kind.AWAY, "no answer within " + DEADLINE.toSeconds() + " s", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CallException(Kind.AWAY, "interrupted", e);
      }
    }

    private static CallException failed(Status status) {
      return new CallException(
          GrpcServerPort.kind(status), GrpcServerPort.text(status), status.asException());
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AttestRequest> requests) {
      out = requests;
    }

    @Override
    public void onNext(AttestResponse response) {
      switch (response.getStepCase()) {
        case RESULT -> {
          result.complete(response.getResult().getSvid());
          Objects.requireNonNull(out).onCompleted();
        }
        case CHALLENGE -> answer(response.getChallenge().toByteArray());
        case STEP_NOT_SET ->
            fail(Status.INVALID_ARGUMENT.withDescription("a step that this node doesn't know"));
      }
    }

    private void answer(byte[] challenge) {
      try {
        byte[] answer = prover.answer(challenge, binding);
        Objects.requireNonNull(out)
            .onNext(AttestRequest.newBuilder().setChallengeResponse(Wire.bytes(answer)).build());
      } catch (AttestationException e) {
        fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      }
    }

    private void fail(Status status) {
      result.completeExceptionally(status.asException());
      Objects.requireNonNull(out).cancel("not understood", null);
    }

    @Override
    public void onError(Throwable error) {
      result.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      result.completeExceptionally(
          Status.UNAVAILABLE.withDescription("the server said nothing").asException());
    }
  }
}

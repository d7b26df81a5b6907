package dev.credence.e2e.client;

import com.google.protobuf.ByteString;
import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.Identity;
import dev.credence.certs.SvidVerifier;
import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.transport.MutualTls;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A machine that wants to become a node, with a token.
///
/// @param token as the server made it, or made up
/// @param clock for the validity of the server's certificate
public record FirstContact(JoinToken token, Clock clock) {

  private static final Duration SOON = Duration.ofSeconds(60);

  /// With a token's string and real time.
  public static FirstContact with(String token) {
    return new FirstContact(JoinToken.parse(token), Clock.systemUTC());
  }

  /// A connection that shows no SVID, to the server that the token names.
  public ManagedChannel connect() {
    var expected = new Identity.Server().in(token.trustDomain());
    var verifier = new SvidVerifier(Keys.CRYPTO);
    var credentials = MutualTls.firstContact(Set.copyOf(token.pins()), expected, verifier, clock);
    return Grpc.newChannelBuilder(token.server().toString(), credentials).build();
  }

  /// Attests with the token's secret.
  ///
  /// @throws io.grpc.StatusRuntimeException the server refused
  public AttestResult attest(ByteString requestId, ByteString csr) throws InterruptedException {
    return attest(
        AttestParams.newBuilder()
            .setVersion(1)
            .setRequestId(requestId)
            .setAttestor("join_token")
            .setEvidence(ByteString.copyFrom(token.secret().reveal()))
            .setCsr(csr));
  }

  /// Attests with whatever stands in `params`.
  public AttestResult attest(AttestParams.Builder params) throws InterruptedException {
    var channel = connect();
    try {
      var answer = new CompletableFuture<AttestResult>();
      var stub =
          NodeAttestationGrpc.newStub(channel)
              .withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS);
      var requests = stub.attest(new Answer(answer));
      requests.onNext(AttestRequest.newBuilder().setParams(params).build());
      return get(answer);
    } finally {
      channel.shutdownNow();
    }
  }

  private static AttestResult get(CompletableFuture<AttestResult> answer)
      throws InterruptedException {
    try {
      return answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Status.fromThrowable(e.getCause()).asRuntimeException();
    } catch (TimeoutException e) {
      throw new AssertionError("no answer to an attestation within " + SOON, e);
    }
  }

  private record Answer(CompletableFuture<AttestResult> result)
      implements StreamObserver<AttestResponse> {
    @Override
    public void onNext(AttestResponse message) {
      if (message.hasResult()) {
        result.complete(message.getResult());
      }
    }

    @Override
    public void onError(Throwable error) {
      result.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      result.completeExceptionally(
          Status.CANCELLED.withDescription("ended without a result").asException());
    }
  }
}

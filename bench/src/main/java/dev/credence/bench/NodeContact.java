package dev.credence.bench;

import com.google.protobuf.ByteString;
import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Certificates;
import dev.credence.certs.Identity;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.transport.MutualTls;
import dev.credence.transport.TlsIdentity;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// What simulated nodes need to meet the server: keys, first contact, connections. Thread-safe.
final class NodeContact {

  private static final int KEEP_ALIVE_SECONDS = 50;
  private static final int ANSWER_SECONDS = 10;
  private static final Provider CRYPTO = CryptoProviders.fastest();
  private static final SvidVerifier VERIFIER = new SvidVerifier(CRYPTO);

  private final SecureRandom random = new SecureRandom();

  /// A node's id, and the connection that shows its SVID.
  record Joined(String id, ManagedChannel channel) {}

  /// Redeems a token.
  Joined join(JoinToken token) throws Exception {
    var keys = keys();
    var server = new Identity.Server().in(token.trustDomain());
    var first =
        connect(
            token,
            MutualTls.firstContact(Set.copyOf(token.pins()), server, VERIFIER, Clock.systemUTC()));
    try {
      var result = attest(first, token, keys);
      var identity = identity(token, result, keys);
      var credentials = MutualTls.client(identity, VERIFIER, Clock.systemUTC(), server);
      return new Joined(result.getNodeId(), connect(token, credentials));
    } finally {
      first.shutdownNow();
    }
  }

  /// A PKCS#10 request for a new key, which nobody keeps.
  ByteString request() {
    return ByteString.copyFrom(CertificateRequest.create(keys(), CRYPTO));
  }

  /// 16 random bytes.
  ByteString id() {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private KeyPair keys() {
    return PrivateKeys.generateP256(CRYPTO, random);
  }

  private static ManagedChannel connect(JoinToken token, ChannelCredentials credentials) {
    // As a node does: an idle connection costs the server an answer each time.
    return Grpc.newChannelBuilder(token.server().toString(), credentials)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  private AttestResult attest(ManagedChannel channel, JoinToken token, KeyPair keys)
      throws Exception {
    var params =
        AttestParams.newBuilder()
            .setVersion(1)
            .setRequestId(id())
            .setAttestor("join_token")
            .setEvidence(ByteString.copyFrom(token.secret().reveal()))
            .setCsr(ByteString.copyFrom(CertificateRequest.create(keys, CRYPTO)));
    var answer = new CompletableFuture<AttestResult>();
    NodeAttestationGrpc.newStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .attest(new Answer(answer))
        .onNext(AttestRequest.newBuilder().setParams(params).build());
    return answer.get(30, TimeUnit.SECONDS);
  }

  private static TlsIdentity identity(JoinToken token, AttestResult result, KeyPair keys)
      throws Exception {
    var chain = Certificates.parseChain(result.getSvid().getX509Svid().toByteArray());
    return new Fixed(
        X509Svid.of(chain, keys),
        X509Bundle.parse(token.trustDomain(), result.getSvid().getBundle().toByteArray()));
  }

  private record Fixed(X509Svid svid, X509Bundle bundle) implements TlsIdentity {}

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
      result.completeExceptionally(new IllegalStateException("attested without a result"));
    }
  }
}

package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.credence.attestors.NodeBinding;
import dev.credence.attestors.x509pop.X509PopProver;
import dev.credence.certs.Certificates;
import dev.credence.certs.TrustDomain;
import dev.credence.e2e.client.HostCertificates;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.client.WorkloadApi;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.node.v1.AttestParams;
import dev.credence.proto.node.v1.AttestRequest;
import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a machine joins as a node by the certificate that it has")
class X509PopStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofSeconds(1);

  @TempDir static Path folder;

  private static Rig rig;
  private static HostCertificates authority;
  private static Instant now;

  @BeforeAll
  static void start() throws Exception {
    now = Clock.systemUTC().instant();
    authority = new HostCertificates("machines", now);
    var file = Files.writeString(folder.resolve("machines.pem"), authority.pem());
    rig = Rig.startWith(List.of("node_attestors:", "  x509pop:", "    ca_file: " + file));
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static HostCertificates.Host host(String name) {
    return authority.host(name, now.minusSeconds(60), now.plusSeconds(1_000_000));
  }

  private static Node node(String selector) {
    return rig.admin().nodes().stream()
        .filter(node -> node.getSelectorsList().contains(selector))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node with " + selector));
  }

  private static List<Event> events(String kind, String detail, String value) {
    return rig.admin().events().stream()
        .filter(event -> event.getKind().equals(kind))
        .filter(event -> event.getDetailsOrDefault(detail, "").contains(value))
        .toList();
  }

  @Test
  @DisplayName(
      "it joins, registrations can name its certificate, and after losing its data it is the same"
          + " node")
  void joins() throws Exception {
    var subject =
        rig.agent("finance", "plant-bot").onNodes("x509pop:subject:cn:host-7").forThisProcess();
    var node = rig.nodeWith(host("host-7"));
    node.start();
    try (var workload = WorkloadApi.at(node.socket())) {
      assertThat(workload.fetchX509Svid().getSpiffeId()).isEqualTo(subject.getSpiffeId());
    }
    Node known = node("x509pop:subject:cn:host-7");
    assertThat(known.getAttestor()).isEqualTo("x509pop");
    assertThat(known.getSelectorsList()).anyMatch(it -> it.startsWith("x509pop:ca:fingerprint:"));
    // The node that joined by token is not meant.
    assertThat(rig.workload().openX509Svids().ended(SOON).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);

    node.stop();
    node.loseData();
    node.start();
    assertThat(node("x509pop:subject:cn:host-7").getId()).isEqualTo(known.getId());
    assertThat(events("node-attested", "key-replaced", "true"))
        .filteredOn(event -> event.getNodeId().equals(known.getId()))
        .hasSize(1);
  }

  @Test
  @DisplayName("banned, it stays out, also with a new key and an empty data folder")
  void banned() throws Exception {
    var host = host("host-8");
    var node = rig.nodeWith(host);
    node.start();
    var _ =
        rig.admin()
            .call(EndsGrpc::newBlockingStub)
            .banNode(
                NodeDecisionRequest.newBuilder()
                    .setRequestId(RequestIds.next())
                    .setNodeId(node("x509pop:subject:cn:host-8").getId())
                    .setReason("stolen")
                    .build());
    node.stop();
    node.loseData();
    node.startUnsynchronised();
    assertThatThrownBy(() -> node.ready().get(SOON.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("refused this machine's certificate");
    assertThat(events("refused", "reason", "is banned")).isNotEmpty();
  }

  @Test
  @DisplayName(
      "two machines with one certificate: the node is suspended when the first shows its earlier"
          + " key")
  void shared() throws Exception {
    var host = host("host-11");
    var first = rig.nodeWith(host);
    first.start();
    var second = rig.nodeWith(host);
    second.startUnsynchronised();
    Await.answer(
        "node suspended",
        () -> {
          rig.clock().advance(STEP);
          return events("node-suspended", "reason", "two machines with one certificate");
        },
        found -> !found.isEmpty(),
        SOON);
    assertThat(node("x509pop:subject:cn:host-11").getState()).isEqualTo("suspended");
    first.stop();
    second.stop();
    // Neither of them, nor a third one, comes in before an administrator decides.
    second.loseData();
    second.startUnsynchronised();
    assertThatThrownBy(() -> second.ready().get(SOON.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("refused this machine's certificate");
    assertThat(events("refused", "reason", "is suspended")).isNotEmpty();
  }

  @Test
  @DisplayName(
      "another authority's certificate, an expired one, and one without its key are refused")
  void refused() throws Exception {
    var stranger = new HostCertificates("machines", now).host("host-9", now, now.plusSeconds(999));
    requireRefused(stranger, stranger.keys(), "certificate path");
    var expired = authority.host("host-9", now.minusSeconds(99), now.minusSeconds(9));
    requireRefused(expired, expired.keys(), "certificate path");
    requireRefused(host("host-9"), Keys.fresh(), "not of the certificate's key");
  }

  private void requireRefused(HostCertificates.Host host, KeyPair keys, String why)
      throws Exception {
    var csr = Keys.request();
    var prover =
        new X509PopProver(List.of(host.certificate()), keys.getPrivate(), new SecureRandom());
    assertThat(attest(host, csr, challenge -> answer(prover, challenge, csr)))
        .contains("PERMISSION_DENIED")
        .contains("node attestation refused")
        .doesNotContain(why);
    assertThat(events("refused", "reason", why)).isNotEmpty();
  }

  @Test
  @DisplayName("an answer that was seen once is good on no other connection, and for no other key")
  void replayed() throws Exception {
    var host = host("host-10");
    var prover =
        new X509PopProver(
            List.of(host.certificate()), host.keys().getPrivate(), new SecureRandom());
    var csr = Keys.request();
    var seen = new AtomicReference<byte[]>();
    assertThat(
            attest(
                host,
                csr,
                challenge -> {
                  seen.set(answer(prover, challenge, csr));
                  return seen.get();
                }))
        .isEqualTo("joined");
    assertThat(attest(host, csr, _ -> seen.get())).contains("PERMISSION_DENIED");
    var other = Keys.request();
    assertThat(attest(host, other, challenge -> answer(prover, challenge, csr)))
        .contains("PERMISSION_DENIED");
    assertThat(events("refused", "reason", "over this challenge")).isNotEmpty();
  }

  private static byte[] answer(X509PopProver prover, byte[] challenge, ByteString csr) {
    try {
      return prover.answer(
          challenge, NodeBinding.of(TrustDomain.parse(rig.trustDomain()), csr.toByteArray()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// Gives "joined", or the status.
  private static String attest(
      HostCertificates.Host host, ByteString csr, UnaryOperator<byte[]> answer) throws Exception {
    ManagedChannel channel = rig.contact().connect();
    try {
      var result = new CompletableFuture<String>();
      var requests = new AtomicReference<StreamObserver<AttestRequest>>();
      var stub =
          NodeAttestationGrpc.newStub(channel)
              .withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS);
      requests.set(stub.attest(new Exchange(result, requests, answer)));
      requests
          .get()
          .onNext(
              AttestRequest.newBuilder()
                  .setParams(
                      AttestParams.newBuilder()
                          .setVersion(1)
                          .setRequestId(RequestIds.next())
                          .setAttestor("x509pop")
                          .setEvidence(ByteString.copyFrom(Certificates.toDer(host.certificate())))
                          .setCsr(csr))
                  .build());
      return result.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
    }
  }

  private record Exchange(
      CompletableFuture<String> result,
      AtomicReference<StreamObserver<AttestRequest>> requests,
      UnaryOperator<byte[]> answer)
      implements StreamObserver<AttestResponse> {
    @Override
    public void onNext(AttestResponse message) {
      if (message.hasResult()) {
        result.complete("joined");
      } else {
        requests
            .get()
            .onNext(
                AttestRequest.newBuilder()
                    .setChallengeResponse(
                        ByteString.copyFrom(answer.apply(message.getChallenge().toByteArray())))
                    .build());
      }
    }

    @Override
    public void onError(Throwable error) {
      result.complete(Status.fromThrowable(error).toString());
    }

    @Override
    public void onCompleted() {
      result.complete("ended without a result");
    }
  }
}

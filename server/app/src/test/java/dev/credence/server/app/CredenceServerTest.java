package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.CsrChecker;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.GetBundleRequest;
import dev.credence.proto.admin.v1.GetServerInfoRequest;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.ServerInfo;
import dev.credence.proto.admin.v1.TrustGrpc;
import dev.credence.transport.MutualTls;
import dev.credence.transport.TlsIdentity;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredenceServerTest {
  @TempDir Path folder;

  private ServerConfig config(String more) throws Exception {
    String text = "trust_domain: example.org\ndata_dir: data\n" + more;
    if (!more.contains("listen:")) {
      text += "listen: 127.0.0.1:0\n";
    }
    return ServerConfig.read(Files.writeString(folder.resolve("server.yaml"), text));
  }

  private static CredenceServer start(ServerConfig config) throws StartException {
    return CredenceServer.start(
        config,
        Seams.real(
            CryptoProviders.fastest(),
            e -> {
              throw new AssertionError(e);
            }));
  }

  private static com.google.protobuf.ByteString requestId() {
    byte[] id = new byte[16];
    new SecureRandom().nextBytes(id);
    return com.google.protobuf.ByteString.copyFrom(id);
  }

  @Test
  void servesKeepsWhatWasAcknowledgedAndStopsInOrder() throws Exception {
    try (CredenceServer server = start(config("dev: true\n"))) {
      ManagedChannel admin = UnixSocketChannels.open(server.adminSocket());
      assertThat(
              HealthGrpc.newBlockingStub(admin)
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
      ServerInfo info =
          TrustGrpc.newBlockingStub(admin).getServerInfo(GetServerInfoRequest.getDefaultInstance());
      assertThat(info.getAddress()).isEqualTo("127.0.0.1:" + server.address().getPort());
      assertThat(info.getDevMode()).isTrue();
      var owner =
          OwnersGrpc.newBlockingStub(admin)
              .createOwner(
                  CreateOwnerRequest.newBuilder()
                      .setRequestId(requestId())
                      .setName("team")
                      .setHuman("alice")
                      .build());
      assertThat(owner.getAccountable().getName()).isEqualTo("alice");
      admin.shutdownNow();
    }
    assertThat(folder.resolve("data/admin.sock")).doesNotExist();
    try (CredenceServer again = start(config(""))) {
      ManagedChannel admin = UnixSocketChannels.open(again.adminSocket());
      Iterator<Event> events =
          EventsGrpc.newBlockingStub(admin).followEvents(ListEventsRequest.getDefaultInstance());
      assertThat(events.next().getNumber()).isEqualTo(1);
      admin.shutdownNow();
    }
  }

  @Test
  void followersAreToldThatItStops() throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    ManagedChannel admin;
    try (CredenceServer server = start(config(""))) {
      admin = UnixSocketChannels.open(server.adminSocket());
      EventsGrpc.newStub(admin)
          .followEvents(
              ListEventsRequest.newBuilder().setKind("server-started").build(),
              new StreamObserver<Event>() {
                @Override
                public void onNext(Event event) {
                  seen.add(event.getKind());
                }

                @Override
                public void onError(Throwable t) {
                  seen.add(Status.fromThrowable(t).getCode().name());
                }

                @Override
                public void onCompleted() {
                  seen.add("completed");
                }
              });
      assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo("server-started");
    }
    assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo("UNAVAILABLE");
    assertThatThrownBy(() ->
            TrustGrpc.newBlockingStub(admin)
                .getServerInfo(GetServerInfoRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class);
    admin.shutdownNow();
  }

  @Test
  void aClientOfAnotherAuthorityIsRefusedAndAnEvent() throws Exception {
    try (CredenceServer server = start(config(""))) {
      ManagedChannel admin = UnixSocketChannels.open(server.adminSocket());
      X509Bundle bundle =
          X509Bundle.parse(
              TrustDomain.parse("example.org"),
              TrustGrpc.newBlockingStub(admin)
                  .getBundle(GetBundleRequest.getDefaultInstance())
                  .getX509Authorities(0)
                  .toByteArray());
      ManagedChannel stranger =
          Grpc.newChannelBuilder(
                  "127.0.0.1:" + server.address().getPort(),
                  MutualTls.client(
                      strangersIdentity(bundle),
                      new SvidVerifier(CryptoProviders.fastest()),
                      Clock.systemUTC(),
                      new Identity.Server().in(bundle.trustDomain())))
              .build();
      assertThatThrownBy(() ->
              HealthGrpc.newBlockingStub(stranger).check(HealthCheckRequest.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class);
      stranger.shutdownNow();
      Iterator<Event> refusals =
          EventsGrpc.newBlockingStub(admin)
              .withDeadlineAfter(60, TimeUnit.SECONDS)
              .followEvents(ListEventsRequest.newBuilder().setKind("refused").build());
      assertThat(refusals.next().getDetailsMap()).containsEntry("operation", "tls-handshake");
      admin.shutdownNow();
    }
  }

  private static TlsIdentity strangersIdentity(X509Bundle bundle) throws Exception {
    var crypto = CryptoProviders.fastest();
    var random = new SecureRandom();
    Instant now = Clock.systemUTC().instant();
    Authority other =
        Authority.selfSigned(bundle.trustDomain(), crypto, now, Duration.ofDays(9), random);
    KeyPair keys = PrivateKeys.generateP256(crypto, random);
    var template =
        new SvidTemplate.Node(
            new Identity.Node(Id.random(random)).in(bundle.trustDomain()),
            new CsrChecker(crypto).check(CertificateRequest.create(keys, crypto)),
            Duration.ofHours(1));
    X509Svid svid = X509Svid.of(other.issue(template, now).chain(), keys);
    return new TlsIdentity() {
      @Override
      public X509Svid svid() {
        return svid;
      }

      @Override
      public X509Bundle bundle() {
        return bundle;
      }
    };
  }

  @Test
  void aTakenPortIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerConfig config = config("listen: 127.0.0.1:" + taken.getLocalPort() + "\n");
      assertThatThrownBy(() -> start(config))
          .isInstanceOf(StartException.class)
          .hasMessage("listen: 127.0.0.1:" + taken.getLocalPort() + ": address already in use")
          .message()
          .doesNotContain("\n");
    }
    // nothing of it is left: the same folder starts now
    start(config("")).close();
  }

  @Test
  void aTakenMetricsPortIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerConfig config =
          config("metrics: {listen: \"127.0.0.1:" + taken.getLocalPort() + "\"}\n");
      assertThatThrownBy(() -> start(config))
          .hasMessage(
              "metrics.listen: 127.0.0.1:" + taken.getLocalPort() + ": address already in use");
    }
  }

  @Test
  void aFolderInUseIsOneLine() throws Exception {
    try (CredenceServer first = start(config(""))) {
      assertThat(first.metricsAddress()).isPresent();
      assertThatThrownBy(() -> start(config("")))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith(
              "data folder " + folder.resolve("data") + " is in use by another process (pid ");
    }
  }

  @Test
  void otherTroubleWithTheFolderIsOneLine() throws Exception {
    start(config("")).close();
    Files.writeString(folder.resolve("data/format"), "credence-server 99\n");
    assertThatThrownBy(() -> start(config("")))
        .hasMessageContaining("has format version 99, from a newer credence-server");
    Files.writeString(folder.resolve("data/format"), "credence-server 1\n");
    ServerConfig other =
        ServerConfig.read(
            Files.writeString(
                folder.resolve("server.yaml"),
                "trust_domain: other.org\ndata_dir: data\nlisten: 127.0.0.1:0\n"));
    assertThatThrownBy(() -> start(other))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("other.org");
    assertThatThrownBy(() ->
            start(
                ServerConfig.read(
                    Files.writeString(
                        folder.resolve("server.yaml"),
                        "trust_domain: example.org\ndata_dir: /proc/none\n"))))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is not writable");
  }

  @Test
  void aLostAuthorityIsNotReplacedInSilence() throws Exception {
    ServerConfig config = config("");
    start(config).close();
    Files.delete(folder.resolve("data/authority.pem"));
    Files.delete(folder.resolve("data/authority.key"));
    assertThatThrownBy(() -> start(config))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("authority.key and authority.pem are missing");
    assertThat(folder.resolve("data/authority.key")).doesNotExist();
  }

  @Test
  void aLongSocketPathIsOneLine() throws Exception {
    ServerConfig config = config("admin: {socket: " + "x".repeat(120) + "}\n");
    assertThatThrownBy(() -> start(config))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("socket path")
        .hasMessageContaining("expected: 1 to 107");
  }

  @Test
  void anUnknownHostIsOneLine() throws Exception {
    ServerConfig config = config("listen: no-such-host.invalid:1\n");
    assertThatThrownBy(() -> start(config))
        .hasMessage("listen: host no-such-host.invalid is not known (expected: a name or address)");
  }
}

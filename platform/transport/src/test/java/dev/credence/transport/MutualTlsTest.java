package dev.credence.transport;

import static dev.credence.transport.TestAuthority.NODE_A;
import static dev.credence.transport.TestAuthority.NODE_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.PeerSvid;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import dev.credence.transport.TestAuthority.Changing;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real sockets, real TLS; only the clock obeys.
class MutualTlsTest {
  private static final SvidVerifier VERIFIER = new SvidVerifier(TestAuthority.CRYPTO);

  private final Instant now = Instant.now();
  private final MovingClock clock = new MovingClock(now);
  private final TestAuthority authority = new TestAuthority(now);
  private final Changing server =
      new Changing(authority.svid(TestAuthority.SERVER), authority.bundle());
  private final Changing client = new Changing(authority.svid(NODE_A), authority.bundle());
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<NetworkServer> listeners = new ArrayList<>();
  private Server running;

  @BeforeEach
  void start() throws Exception {
    running = serve(ClientAuthentication.OPTIONAL);
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    running.shutdownNow();
    listeners.forEach(NetworkServer::close);
  }

  private Server serve(ClientAuthentication clients) throws IOException {
    return serve(clients, NetworkServer.Connections.standard());
  }

  private Server serve(ClientAuthentication clients, NetworkServer.Connections connections)
      throws IOException {
    var caller = new CallerSvid(server, VERIFIER, clock);
    var listener =
        new NetworkServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            MutualTls.server(
                server,
                VERIFIER,
                clock,
                clients,
                e -> refusals.add(String.valueOf(e.getMessage()))),
            ServerLimits.network(Duration.ofHours(1)),
            connections);
    listeners.add(listener);
    var _ =
        listener
            .builder()
            .addTransportFilter(caller)
            .intercept(caller)
            .addService(
                Echo.service(
                    _ -> CallerSvid.current().map(PeerSvid::toString).orElse("anonymous")));
    return listener.start();
  }

  private ManagedChannel connect(ChannelCredentials credentials) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + running.getPort(), credentials).build();
    channels.add(channel);
    return channel;
  }

  private ManagedChannel connect() {
    return connect(MutualTls.client(client, VERIFIER, clock, TestAuthority.SERVER));
  }

  private void refused(ManagedChannel channel) {
    assertThatThrownBy(() -> Echo.call(channel, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void serverKnowsItsCaller() {
    assertThat(Echo.call(connect(), "x")).startsWith(NODE_A + " (serial ");
  }

  @Test
  @DisplayName("XV-25: a server is known by its SPIFFE ID; no name or address is asked for")
  void noHostNameIsChecked() throws Exception {
    assertThat(server.svid.leaf().getSubjectAlternativeNames())
        .as("neither DNS name nor address")
        .containsExactly(List.of(6, TestAuthority.SERVER.toString()));
    for (String host : List.of("127.0.0.1", "localhost")) {
      ManagedChannel channel =
          Grpc.newChannelBuilder(
                  host + ":" + running.getPort(),
                  MutualTls.client(client, VERIFIER, clock, TestAuthority.SERVER))
              .overrideAuthority("somebody-else.example")
              .build();
      channels.add(channel);
      assertThat(Echo.call(channel, "x")).as(host).startsWith(NODE_A + " (serial ");
    }
  }

  @Test
  @DisplayName(
      "XV-27: a valid SVID of somebody who is not expected is refused, and the error says so")
  void authorisationIsAStepOfItsOwn() {
    server.svid = authority.svid(NODE_B);
    assertThatThrownBy(() -> Echo.call(connect(), "x"))
        .rootCause()
        .hasMessageContaining(NODE_B.toString())
        .hasMessageContaining("expected: " + TestAuthority.SERVER);
    assertThat(Echo.call(connect(MutualTls.client(client, VERIFIER, clock, NODE_B)), "x"))
        .as("the same SVID, where it is expected")
        .startsWith(NODE_A.toString());
  }

  @Test
  @DisplayName("CL-13 XV-26: a renewed SVID of either side is what the next connection shows")
  void rotationOfEitherSideIsSeenByTheNextConnection() {
    String first = Echo.call(connect(), "x");
    client.svid = authority.svid(NODE_A);
    String second = Echo.call(connect(), "x");
    assertThat(second).isNotEqualTo(first).startsWith(NODE_A + " (serial ");

    server.svid = authority.svid(NODE_B);
    refused(connect());
    server.svid = authority.svid(TestAuthority.SERVER);
    assertThat(Echo.call(connect(), "x")).isEqualTo(second);
  }

  @Test
  @DisplayName("CL-14 XV-26: a removed authority is refused by both sides, and on open connections")
  void removedAuthorityIsRefusedByBothSidesAndOnOpenConnections() {
    ManagedChannel open = connect();
    assertThat(Echo.call(open, "x")).contains(NODE_A.toString());
    TestAuthority other = new TestAuthority(now);
    server.bundle = other.bundle();
    unauthenticated(open);
    refused(connect());
    server.bundle = authority.bundle();
    assertThat(Echo.call(open, "x")).contains(NODE_A.toString());
    client.bundle = other.bundle();
    refused(connect());
  }

  @Test
  void aNewAuthorityBesideTheOldIsSeen() {
    TestAuthority other = new TestAuthority(now);
    client.svid = other.svid(NODE_B);
    refused(connect());
    assertThat(refusals).isNotEmpty().first().asString().contains("example.org");
    server.bundle =
        X509Bundle.of(TestAuthority.DOMAIN, List.of(authority.certificate(), other.certificate()));
    assertThat(Echo.call(connect(), "x")).startsWith(NODE_B + " ");
  }

  @Test
  void expiredNodeIsRefusedAtEachCall() {
    client.svid = authority.svid(NODE_A, now, Duration.ofMinutes(10));
    ManagedChannel open = connect();
    assertThat(Echo.call(open, "x")).contains(NODE_A.toString());
    clock.advance(Duration.ofMinutes(11));
    unauthenticated(open);
    // It may come back and renew, which the server's services decide; any other call is refused.
    unauthenticated(connect());
  }

  @Test
  void whoeverElseIsExpiredIsRefusedInTheHandshake() {
    client.svid = authority.svid(TestAuthority.SERVER, now, Duration.ofMinutes(10));
    assertThat(Echo.call(connect(), "x")).contains(TestAuthority.SERVER.toString());
    clock.advance(Duration.ofMinutes(11));
    refused(connect());
  }

  private static void unauthenticated(ManagedChannel channel) {
    assertThatThrownBy(() -> Echo.call(channel, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
  }

  @Test
  void clientWithoutCertificateIsAnonymousWhereAllowed() throws Exception {
    ChannelCredentials first =
        MutualTls.firstContact(Set.of(authority.pin()), TestAuthority.SERVER, VERIFIER, clock);
    assertThat(Echo.call(connect(first), "x")).isEqualTo("anonymous");
    running.shutdownNow().awaitTermination();
    running = serve(ClientAuthentication.REQUIRED);
    refused(connect(first));
    assertThat(Echo.call(connect(), "x")).contains(NODE_A.toString());
  }

  @Test
  void firstContactNeedsThePinAndTheServersId() {
    refused(
        connect(
            MutualTls.firstContact(
                Set.of(Sha256.of(new byte[] {1})), TestAuthority.SERVER, VERIFIER, clock)));
    // the leaf's own key is no authority's key
    Sha256 leaf = Sha256.of(server.svid.leaf().getPublicKey().getEncoded());
    refused(connect(MutualTls.firstContact(Set.of(leaf), TestAuthority.SERVER, VERIFIER, clock)));
    server.svid = authority.svid(NODE_B);
    refused(
        connect(
            MutualTls.firstContact(
                Set.of(authority.pin()), TestAuthority.SERVER, VERIFIER, clock)));
  }

  @Test
  void oneMoreConnectionThanAllowedIsClosedBeforeItsHandshake() throws Exception {
    running.shutdownNow();
    running = serve(ClientAuthentication.OPTIONAL, new NetworkServer.Connections(10, 2, 2));
    ManagedChannel first = connect();
    assertThat(Echo.call(first, "x")).contains(NODE_A.toString());
    assertThat(Echo.call(connect(), "x")).contains(NODE_A.toString());
    refused(connect());
    first.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
    assertThat(Echo.callWhenReady(connect(), "x")).contains(NODE_A.toString());
  }

  @Test
  void connectionsWithoutAnSvidAreFewAndTheOthersDoNotNotice() throws Exception {
    running.shutdownNow();
    running = serve(ClientAuthentication.OPTIONAL, new NetworkServer.Connections(100, 50, 2));
    ManagedChannel first = connect(stranger());
    assertThat(Echo.call(first, "x")).isEqualTo("anonymous");
    assertThat(Echo.call(connect(stranger()), "x")).isEqualTo("anonymous");
    ManagedChannel third = connect(stranger());
    assertThatThrownBy(() -> Echo.call(third, "x")).isInstanceOf(StatusRuntimeException.class);
    third.shutdownNow();
    assertThat(Echo.call(connect(), "x")).contains(NODE_A.toString());
    first.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
    assertThat(Echo.callWhenReady(connect(stranger()), "x")).isEqualTo("anonymous");
  }

  private ChannelCredentials stranger() {
    return MutualTls.firstContact(Set.of(authority.pin()), TestAuthority.SERVER, VERIFIER, clock);
  }

  @Test
  void sessionsAreNotResumedByForeignClients(@TempDir Path folder) throws Exception {
    Path session = folder.resolve("session");
    String first = openssl("-sess_out", session.toString());
    assertThat(first).contains("TLSv1.3").contains("New, TLSv1.3").doesNotContain("Reused");
    // a session that carries a ticket is only written when the server sent one
    if (Files.exists(session)) {
      assertThat(openssl("-sess_in", session.toString())).doesNotContain("Reused");
    }
    assertThat(first).doesNotContain("TLS session ticket:");
  }

  @Test
  void olderProtocolsAreRefused() throws Exception {
    assertThat(openssl("-tls1_2")).contains("alert protocol version");
  }

  @Test
  void theChainEndsWithTheAuthority() throws Exception {
    assertThat(openssl("-showcerts").split("-----BEGIN CERTIFICATE-----", -1)).hasSize(3);
  }

  private String openssl(String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-alpn",
                "h2",
                "-connect",
                "127.0.0.1:" + running.getPort()));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    // stdin stays open until the server's tickets, if any, had time to arrive with its preface
    byte[] seen = new byte[64 << 10];
    int length = 0;
    int more2;
    process.getOutputStream().write("Q\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    while ((more2 = process.getInputStream().read(seen, length, seen.length - length)) > 0) {
      length += more2;
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new String(seen, 0, length, StandardCharsets.UTF_8);
  }

  /// A clock that tests move.
  private static final class MovingClock extends Clock {
    private volatile Instant instant;

    MovingClock(Instant instant) {
      this.instant = instant;
    }

    void advance(Duration by) {
      instant = instant.plus(by);
    }

    @Override
    public Instant instant() {
      return instant;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }
}

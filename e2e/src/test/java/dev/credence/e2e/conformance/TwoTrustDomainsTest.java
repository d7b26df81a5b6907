package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Certificates;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtVerifier;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.Listening;
import dev.credence.e2e.rig.Rig;
import io.grpc.Status.Code;
import io.spiffe.exception.BundleNotFoundException;
import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.workloadapi.DefaultJwtSource;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.JwtSourceOptions;
import io.spiffe.workloadapi.X509Source;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("two trust domains on one machine, which know nothing of each other")
class TwoTrustDomainsTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String AUDIENCE = "ledger";

  private Rig ours;
  private Rig theirs;

  @BeforeEach
  void start() throws Exception {
    ours = Rig.start();
    theirs = Rig.start("other.example");
    // The same names, so that nothing but the trust domain tells them apart.
    for (var rig : List.of(ours, theirs)) {
      rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    }
  }

  @AfterEach
  void stop() {
    theirs.close();
    ours.close();
  }

  private static X509Bundle bundle(Rig rig) throws Exception {
    try (var stream = rig.workload().openX509Bundles()) {
      var bundles = stream.next(0, SOON).getBundlesMap();
      assertThat(bundles.keySet()).containsExactly("spiffe://" + rig.trustDomain());
      return X509Bundle.parse(
          dev.credence.certs.TrustDomain.parse(rig.trustDomain()),
          bundles.values().iterator().next().toByteArray());
    }
  }

  @Test
  @DisplayName("WX-21: no bundle holds anything of another trust domain, on any stream")
  void bundlesAreNotMerged() throws Exception {
    var own = bundle(ours);
    var foreign = bundle(theirs);
    assertThat(own.authorities()).doesNotContainAnyElementsOf(foreign.authorities());
    var svid = ours.workload().fetchX509Svid();
    assertThat(Certificates.parseChain(svid.getBundle().toByteArray()))
        .isEqualTo(own.authorities());
    var chain = Certificates.parseChain(svid.getX509Svid().toByteArray());
    var verifier = new SvidVerifier(Keys.CRYPTO);
    assertThat(verifier.verify(chain, own, ours.clock().instant()).id())
        .hasToString(svid.getSpiffeId());
    assertThatThrownBy(() -> verifier.verify(chain, foreign, ours.clock().instant()))
        .isInstanceOf(SvidException.class);
  }

  @Test
  @DisplayName("CL-15 WJ-19: a token is checked by the keys of its subject's trust domain only")
  void tokens() throws Exception {
    var token = theirs.workload().fetchJwtSvid(AUDIENCE);
    try (var source = jwtSource(ours);
        var their = jwtSource(theirs)) {
      assertThat(JwtSvid.parseAndValidate(token, their, Set.of(AUDIENCE)).getSpiffeId())
          .hasToString("spiffe://other.example/agent/finance/invoice-bot");
      assertThatThrownBy(() -> JwtSvid.parseAndValidate(token, source, Set.of(AUDIENCE)))
          .isInstanceOf(BundleNotFoundException.class);
      assertThatThrownBy(
              () -> source.getBundleForTrustDomain(TrustDomain.parse(theirs.trustDomain())))
          .isInstanceOf(BundleNotFoundException.class);
    }
    try (Listening<?> answer = ours.workload().validate(AUDIENCE, token)) {
      assertThat(answer.ended(SOON).getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    }
    var foreign = theirs.workload().openJwtBundles();
    try (foreign) {
      var jwks =
          foreign.next(0, SOON).getBundlesOrThrow("spiffe://" + theirs.trustDomain()).toByteArray();
      var asOurs =
          dev.credence.certs.JwtBundle.parse(
              dev.credence.certs.TrustDomain.parse(ours.trustDomain()), jwks);
      assertThatThrownBy(() ->
              new JwtVerifier(Keys.CRYPTO).verify(token, asOurs, AUDIENCE, ours.clock().instant()))
          .as("their very keys, but filed under our name")
          .isInstanceOf(JwtException.class);
    }
  }

  @Test
  @DisplayName("XV-19 XV-20: mTLS of java-spiffe between the two fails on both sides")
  void mutualTls() throws Exception {
    try (var own = source(ours);
        var foreign = source(theirs);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var id = own.getX509Svid().getSpiffeId();
      var other = foreign.getX509Svid().getSpiffeId();
      // Each is told to accept the other by its SPIFFE ID: only the bundle is missing.
      try (var server = listen(own, Set.of(id, other))) {
        var good = threads.submit(() -> accept(server));
        call(own, id, server.getLocalPort());
        good.get();
        var served = threads.submit(() -> accept(server));
        assertThatThrownBy(() -> call(foreign, id, server.getLocalPort()))
            .isInstanceOf(IOException.class);
        assertThatThrownBy(served::get).hasCauseInstanceOf(IOException.class);
      }
    }
  }

  private static X509Source source(Rig rig) throws Exception {
    return DefaultX509Source.newSource(
        DefaultX509Source.X509SourceOptions.builder()
            .spiffeSocketPath("unix:" + rig.node().socket())
            .initTimeout(SOON)
            .build());
  }

  private static DefaultJwtSource jwtSource(Rig rig) throws Exception {
    return (DefaultJwtSource)
        DefaultJwtSource.newSource(
            JwtSourceOptions.builder()
                .spiffeSocketPath("unix:" + rig.node().socket())
                .initTimeout(SOON)
                .build());
  }

  private static SslContextOptions accepting(X509Source source, Set<SpiffeId> peers) {
    return SslContextOptions.builder()
        .x509Source(source)
        .acceptedSpiffeIdsSupplier(() -> peers)
        .build();
  }

  private static SSLServerSocket listen(X509Source source, Set<SpiffeId> peers) throws Exception {
    var factory =
        SpiffeSslContextFactory.getSslContext(accepting(source, peers)).getServerSocketFactory();
    var server =
        (SSLServerSocket) factory.createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    return server;
  }

  private static boolean accept(SSLServerSocket server) throws IOException {
    try (var connection = (SSLSocket) server.accept()) {
      connection.startHandshake();
      connection.getOutputStream().write('y');
      return true;
    }
  }

  private static void call(X509Source source, SpiffeId peer, int port) throws Exception {
    var factory =
        SpiffeSslContextFactory.getSslContext(accepting(source, Set.of(peer))).getSocketFactory();
    try (var connection =
        (SSLSocket) factory.createSocket(InetAddress.getLoopbackAddress(), port)) {
      connection.startHandshake();
      assertThat(connection.getInputStream().read()).isEqualTo('y');
    }
  }
}

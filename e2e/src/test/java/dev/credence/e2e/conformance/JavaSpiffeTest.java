package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.X509Source;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("java-spiffe, unmodified")
class JavaSpiffeTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  @DisplayName(
      "IO-01 IO-04: an X509Source gets an SVID, sees its renewal, and survives the node's restart")
  void source() throws Exception {
    try (var rig = Rig.start()) {
      var agent = rig.agent("finance", "invoice-bot").forThisProcess();
      try (var source = source(rig)) {
        var first = source.getX509Svid();
        assertThat(first.getSpiffeId()).hasToString(agent.getSpiffeId());
        rig.clock().advance(Duration.ofMinutes(8));
        var second =
            Await.answer(
                "renewed SVID",
                source::getX509Svid,
                svid -> !serial(svid.getLeaf()).equals(serial(first.getLeaf())),
                SOON);
        assertThat(second.getSpiffeId()).isEqualTo(first.getSpiffeId());
        rig.node().stop();
        rig.node().start();
        Await.answer(
            "SVID of the restarted node",
            source::getX509Svid,
            svid -> !serial(svid.getLeaf()).equals(serial(second.getLeaf())),
            SOON);
      }
    }
  }

  @Test
  @DisplayName(
      "IO-03: mTLS between two X509Sources, each checks the other; an SVID that is not expected is"
          + " refused")
  void mutualTls() throws Exception {
    try (var rig = Rig.start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      rig.agent("finance", "invoice-bot").forThisProcess();
      try (var source = source(rig)) {
        var own = source.getX509Svid().getSpiffeId();
        try (var server = listen(source, own)) {
          var served = threads.submit(() -> serve(server));
          assertThat(call(source, own, server.getLocalPort()))
              .as("what the server saw of its client")
              .isEqualTo(own.toString());
          assertThat(served.get(60, TimeUnit.SECONDS)).isEqualTo(own.toString());

          Future<String> refused = threads.submit(() -> serve(server));
          var other =
              SpiffeId.parse("spiffe://" + rig.trustDomain() + "/agent/finance/somebody-else");
          assertThatThrownBy(() -> call(source, other, server.getLocalPort()))
              .isInstanceOf(SSLException.class);
          assertThatThrownBy(() -> refused.get(60, TimeUnit.SECONDS))
              .hasRootCauseInstanceOf(IOException.class);
        }
      }
    }
  }

  private static X509Source source(Rig rig) throws Exception {
    var options =
        DefaultX509Source.X509SourceOptions.builder()
            .spiffeSocketPath("unix:" + rig.node().socket())
            .initTimeout(SOON)
            .build();
    return DefaultX509Source.newSource(options);
  }

  private static SslContextOptions accepting(X509Source source, SpiffeId peer) {
    return SslContextOptions.builder()
        .x509Source(source)
        .acceptedSpiffeIdsSupplier(() -> Set.of(peer))
        .build();
  }

  private static SSLServerSocket listen(X509Source source, SpiffeId peer) throws Exception {
    var factory =
        SpiffeSslContextFactory.getSslContext(accepting(source, peer)).getServerSocketFactory();
    var server =
        (SSLServerSocket) factory.createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    return server;
  }

  private static String serve(SSLServerSocket server) throws IOException {
    try (var connection = (SSLSocket) server.accept()) {
      connection.startHandshake();
      var peer = name((X509Certificate) connection.getSession().getPeerCertificates()[0]);
      connection.getOutputStream().write((peer + "\n").getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().flush();
      return peer;
    }
  }

  private static String call(X509Source source, SpiffeId peer, int port) throws Exception {
    var factory = SpiffeSslContextFactory.getSslContext(accepting(source, peer)).getSocketFactory();
    try (var connection =
        (SSLSocket) factory.createSocket(InetAddress.getLoopbackAddress(), port)) {
      connection.startHandshake();
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
          .strip();
    }
  }

  private static String name(X509Certificate certificate) throws IOException {
    try {
      return certificate.getSubjectAlternativeNames().stream()
          .filter(name -> name.get(0).equals(6))
          .map(name -> (String) name.get(1))
          .findFirst()
          .orElseThrow();
    } catch (java.security.cert.CertificateParsingException e) {
      throw new IOException(e);
    }
  }

  private static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }
}

package dev.credence.transport;

import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidVerifier;
import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/// Mutual TLS 1.3 between SVIDs. Both sides are asked for their SVID and bundle at each handshake,
/// check the other's chain themselves, and never resume a session.
///
/// JSSE takes its signatures from the providers that are installed: a main that wants the fast one
/// installs it first.
public final class MutualTls {
  private static final String NO_TICKETS = "jdk.tls.server.newSessionTicketCount";

  private MutualTls() {}

  /// Credentials of a server. It shows its authority's certificate too, for clients that know only
  /// a pin. A client's chain must be valid for our bundle; whether it must be there at all is said
  /// here. A node whose SVID has run out is let in too: [CallerSvid#verify] refuses it, and only
  /// who asks [CallerSvid#expired] hears of it.
  ///
  /// @throws IllegalStateException unless the JVM runs with
  ///   `-Djdk.tls.server.newSessionTicketCount=0`: with tickets, a client whose SVID was refused
  ///   since could resume, and never be checked again
  public static ServerCredentials server(
      TlsIdentity self, SvidVerifier verifier, Clock clock, ClientAuthentication clients) {
    return server(self, verifier, clock, clients, _ -> {});
  }

  /// The same, and tells of each client whose chain was refused, so that it can become an event.
  ///
  /// @param refused called on an event loop with the reason: it must not block
  public static ServerCredentials server(
      TlsIdentity self,
      SvidVerifier verifier,
      Clock clock,
      ClientAuthentication clients,
      Consumer<CertificateException> refused) {
    requireNoTickets();
    PeerCheck check = new PeerChecks(verifier, clock).memberOrReturning(self).telling(refused);
    var builder =
        SslContextBuilder.forServer(SvidKeyManager.server(self))
            .trustManager(new SvidTrustManager(check))
            .clientAuth(
                switch (clients) {
                  case OPTIONAL -> ClientAuth.OPTIONAL;
                  case REQUIRED -> ClientAuth.REQUIRE;
                });
    return NettySslContextServerCredentials.create(build(builder));
  }

  /// Credentials of a client with an SVID, for a server with exactly this id.
  public static ChannelCredentials client(
      TlsIdentity self, SvidVerifier verifier, Clock clock, SpiffeId expectedServer) {
    return client(self, verifier, clock, expectedServer, _ -> {});
  }

  /// The same, and tells of each server whose chain was refused, with the reason.
  ///
  /// @param refused called on an event loop: it must not block
  public static ChannelCredentials client(
      TlsIdentity self,
      SvidVerifier verifier,
      Clock clock,
      SpiffeId expectedServer,
      Consumer<CertificateException> refused) {
    PeerCheck check =
        new PeerChecks(verifier, clock).exactly(self, expectedServer).telling(refused);
    var builder =
        SslContextBuilder.forClient()
            .keyManager(SvidKeyManager.client(self))
            .trustManager(new SvidTrustManager(check));
    return NettySslContextChannelCredentials.create(build(builder));
  }

  /// Credentials of a client that has no SVID and no bundle yet, only the digests of the
  /// authorities' keys (SHA-256 over SubjectPublicKeyInfo), for a server with exactly this id.
  public static ChannelCredentials firstContact(
      Set<Sha256> authorityPins, SpiffeId expectedServer, SvidVerifier verifier, Clock clock) {
    PeerCheck check =
        new PeerChecks(verifier, clock).pinned(Set.copyOf(authorityPins), expectedServer);
    var builder = SslContextBuilder.forClient().trustManager(new SvidTrustManager(check));
    return NettySslContextChannelCredentials.create(build(builder));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return new UnresumedSslContext(
          GrpcSslContexts.configure(builder, SslProvider.JDK)
              .protocols("TLSv1.3")
              .endpointIdentificationAlgorithm(null)
              .build());
    } catch (SSLException e) {
      throw new IllegalStateException("this JDK offers no TLS 1.3", e);
    }
  }

  /// Passes if this JVM hands out no session tickets, as {@link #server} needs it.
  ///
  /// @throws IllegalStateException with a line for people otherwise
  @ForbiddenApiAllowed("JSSE's own switch, which has no other form; only read")
  public static void requireNoTickets() {
    String count = System.getProperty(NO_TICKETS);
    if (!"0".equals(count)) {
      throw new IllegalStateException(
          "the JVM would resume TLS sessions: -D"
              + NO_TICKETS
              + " is "
              + count
              + " (expected: 0, given on the java command line)");
    }
  }
}

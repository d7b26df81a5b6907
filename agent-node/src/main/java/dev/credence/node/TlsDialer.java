package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Identity;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.transport.MutualTls;
import dev.credence.transport.TlsIdentity;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Connects over TLS 1.3, and only to who is the server of the trust domain.
final class TlsDialer implements Dialer {
  private static final int LARGEST_MESSAGE = 64 << 20;
  // Below the minute after which many proxies and firewalls forget a quiet connection.
  private static final int KEEP_ALIVE_SECONDS = 50;
  private static final int ANSWER_SECONDS = 10;

  private final SvidVerifier verifier;
  private final Clock clock;
  private final Executor executor;

  TlsDialer(SvidVerifier verifier, Clock clock, Executor executor) {
    this.verifier = verifier;
    this.clock = clock;
    this.executor = executor;
  }

  @Override
  public ManagedChannel firstContact(
      ServerAddress server, TrustDomain trustDomain, Set<Sha256> pins) {
    return channel(server, MutualTls.firstContact(pins, serverOf(trustDomain), verifier, clock));
  }

  @Override
  public ManagedChannel withSvid(
      ServerAddress server, TlsIdentity self, Consumer<CertificateException> refused) {
    return channel(
        server,
        MutualTls.client(self, verifier, clock, serverOf(self.bundle().trustDomain()), refused));
  }

  private static SpiffeId serverOf(TrustDomain trustDomain) {
    return new Identity.Server().in(trustDomain);
  }

  private ManagedChannel channel(ServerAddress server, ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress(server.host(), server.port(), credentials)
        .executor(executor)
        .maxInboundMessageSize(LARGEST_MESSAGE)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .build();
  }
}

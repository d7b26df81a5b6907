package dev.credence.transport;

import dev.credence.certs.ExpiredSvid;
import dev.credence.certs.PeerSvid;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Validates the chain of the connection again at each call, with the bundle and the time of that
/// call: a handshake is good for a moment, a connection may live for hours.
///
/// Add it to a server both as interceptor and as transport filter; as the latter it remembers what
/// it verified per connection, so that a call costs no signature check while the bundle is the
/// same. Thread-safe.
public final class CallerSvid extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<AtomicReference<PeerSvid>> VERIFIED =
      Attributes.Key.create("credence-verified-peer");
  private static final Attributes.Key<AtomicReference<ExpiredSvid>> RAN_OUT =
      Attributes.Key.create("credence-expired-peer");
  private static final Context.Key<Optional<PeerSvid>> CALLER =
      Context.keyWithDefault("credence-caller", Optional.empty());

  private final TlsIdentity self;
  private final SvidVerifier verifier;
  private final Clock clock;

  /// @param self whose bundle decides
  public CallerSvid(TlsIdentity self, SvidVerifier verifier, Clock clock) {
    this.self = self;
    this.verifier = verifier;
    this.clock = clock;
  }

  /// The caller of the current call, verified for it; empty: it showed no certificate.
  public static Optional<PeerSvid> current() {
    return CALLER.get();
  }

  /// Looks at the chain of a call's connection now.
  ///
  /// @return empty if the peer showed no certificate, or the connection has no TLS
  /// @throws SvidException if its chain does not hold (any more)
  public Optional<PeerSvid> verify(ServerCall<?, ?> call) throws SvidException {
    List<X509Certificate> chain = chain(call.getAttributes());
    if (chain.isEmpty()) {
      return Optional.empty();
    }
    AtomicReference<PeerSvid> known = call.getAttributes().get(VERIFIED);
    PeerSvid earlier = known == null ? null : known.get();
    PeerSvid now =
        earlier == null
            ? verifier.verify(chain, self.bundle(), clock.instant())
            : verifier.recheck(earlier, self.bundle(), clock.instant());
    if (known != null) {
      known.set(now);
    }
    return Optional.of(now);
  }

  /// Who a call's connection showed, if that ran out: for the one call by which a node returns.
  ///
  /// @return empty if the peer showed no certificate
  /// @throws SvidException if its chain does not hold for another reason, or holds
  public Optional<ExpiredSvid> expired(ServerCall<?, ?> call) throws SvidException {
    List<X509Certificate> chain = chain(call.getAttributes());
    if (chain.isEmpty()) {
      return Optional.empty();
    }
    AtomicReference<ExpiredSvid> known = call.getAttributes().get(RAN_OUT);
    ExpiredSvid earlier = known == null ? null : known.get();
    ExpiredSvid now =
        earlier == null
            ? verifier.verifyExpired(chain, self.bundle(), clock.instant())
            : verifier.recheck(earlier, self.bundle(), clock.instant());
    if (known != null) {
      known.set(now);
    }
    return Optional.of(now);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder()
        .set(VERIFIED, new AtomicReference<>())
        .set(RAN_OUT, new AtomicReference<>())
        .build();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    try {
      Context context = Context.current().withValue(CALLER, verify(call));
      return Contexts.interceptCall(context, call, headers, next);
    } catch (SvidException e) {
      call.close(Status.UNAUTHENTICATED.withDescription(e.getMessage()), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private static List<X509Certificate> chain(Attributes attributes) {
    SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return List.of();
    }
    try {
      Certificate[] shown = session.getPeerCertificates();
      return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // a client without a certificate
    }
  }
}

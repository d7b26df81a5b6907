package dev.credence.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;

/// Engines that never resume a session, so that every connection shows its chain and has it
/// checked.
///
/// JSSE looks for an earlier session under the peer's host and port; an engine that was not told
/// them finds none. (A server is kept from handing out tickets by a JVM flag, see {@link
/// MutualTls}.)
final class UnresumedSslContext extends SslContext {
  /// The group that the fast provider accelerates, then the one that every peer has.
  private static final String[] GROUPS = {"secp256r1", "x25519"};

  private final SslContext context;

  UnresumedSslContext(SslContext context) {
    this.context = context;
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    SSLEngine engine = context.newEngine(allocator);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setNamedGroups(GROUPS.clone());
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return newEngine(allocator);
  }

  @Override
  public boolean isClient() {
    return context.isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return context.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in SslContext
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return context.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return context.sessionContext();
  }
}

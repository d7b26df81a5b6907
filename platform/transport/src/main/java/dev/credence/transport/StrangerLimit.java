package dev.credence.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Limits how many connections whose peer showed no SVID in the handshake are open at once from one
/// address: whoever has none is about to join, which takes one call. One more is closed as its
/// handshake ends. Thread-safe.
final class StrangerLimit extends ServerTransportFilter {
  private static final Attributes.Key<Object> COUNTED =
      Attributes.Key.create("credence-stranger-address");

  private final ConnectionCounts<Object> strangers;

  StrangerLimit(int mostInTotal, int mostPerAddress) {
    this.strangers = new ConnectionCounts<>(mostInTotal, mostPerAddress);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    if (hasSvid(attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION))) {
      return attributes;
    }
    Object address = address(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    if (!strangers.enter(address)) {
      throw new SecurityException("too many connections without an SVID from " + address);
    }
    return attributes.toBuilder().set(COUNTED, address).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    // None: the connection was refused before its handshake ended, or by this.
    Object address = attributes == null ? null : attributes.get(COUNTED);
    if (address != null) {
      strangers.leave(address);
    }
  }

  private static boolean hasSvid(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false; // it showed none
    }
  }

  private static Object address(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress network ? network.getAddress() : "gone";
  }
}

package dev.credence.transport;

import dev.credence.platform.linux.BootClock;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks whose socket is at the other end when a TCP connection is accepted, before a byte of it,
/// and carries that to the calls on it, as [PeerPinning] does for Unix sockets.
final class TcpPinning extends ServerTransportFilter {
  private static final Logger log = LoggerFactory.getLogger(TcpPinning.class);

  private final Map<SocketAddress, TcpPeer> pinned =
      Collections.synchronizedMap(new IdentityHashMap<>());
  private final ConnectionCount connections;
  private final BootClock clock;

  TcpPinning(ConnectionCount connections, BootClock clock) {
    this.connections = connections;
    this.clock = clock;
  }

  EpollServerSocketChannel newServerChannel() {
    var channel = new EpollServerSocketChannel();
    channel.pipeline().addFirst("credence-peer", new Acceptor());
    return channel;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    TcpPeer peer = pinned.remove(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    if (peer == null) {
      throw new SecurityException("a connection without a known peer");
    }
    return attributes.toBuilder().set(TcpPeer.KEY, peer).build();
  }

  private final class Acceptor extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var channel = (EpollSocketChannel) message;
      InetSocketAddress caller = channel.remoteAddress();
      InetSocketAddress here = channel.localAddress();
      if (caller != null && here != null && admit(channel, caller, here)) {
        context.fireChannelRead(channel);
      } else {
        channel.unsafe().closeForcibly();
      }
    }

    /// False: too many connections. A caller that is not known is counted, too, and told so when it
    /// asks for something.
    private boolean admit(
        EpollSocketChannel channel, InetSocketAddress caller, InetSocketAddress here) {
      TcpPeer peer = TcpPeer.of(caller, here, clock.nanos());
      Optional<ConnectionLimits.Limit> over = connections.enter(peer.uid(), peer.standIn());
      if (over.isPresent()) {
        log.atDebug()
            .addKeyValue("uid", Integer.toUnsignedString(peer.uid()))
            .addKeyValue("reason", over.get())
            .log("TCP connection refused");
        Farewell.say(channel.fd(), over.get().toString());
        return false;
      }
      pinned.put(caller, peer);
      channel.closeFuture().addListener(_ -> leave(caller, peer));
      return true;
    }

    private void leave(SocketAddress key, TcpPeer peer) {
      pinned.remove(key);
      connections.leave(peer.uid(), peer.standIn());
    }
  }
}

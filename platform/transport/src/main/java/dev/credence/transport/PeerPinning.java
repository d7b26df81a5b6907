package dev.credence.transport;

import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.Pidfd;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.UnattestableException;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads who is calling when a connection is accepted, before a byte of it, and carries that to the
/// calls on it.
///
/// A handler on the listening channel sees each accepted channel before it is registered; a
/// transport filter meets the same connection again when its calls may begin. What links the two is
/// the channel's remote address: Netty keeps one object per channel, so identity of that object is
/// identity of the connection. If that ever changes, the filter finds nobody and refuses.
final class PeerPinning extends ServerTransportFilter {
  private static final Logger log = LoggerFactory.getLogger(PeerPinning.class);
  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

  private final Map<SocketAddress, Peer> pinned =
      Collections.synchronizedMap(new IdentityHashMap<>());
  private final ConnectionCount connections;
  private final Consumer<Peer> onClose;
  private final BootClock clock;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong nextWarning = new AtomicLong();

  PeerPinning(ConnectionCount connections, Consumer<Peer> onClose, BootClock clock) {
    this.connections = connections;
    this.onClose = onClose;
    this.clock = clock;
  }

  EpollServerDomainSocketChannel newServerChannel() {
    var channel = new EpollServerDomainSocketChannel();
    channel.pipeline().addFirst("credence-peer", new Acceptor());
    return channel;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    Peer peer = pinned.remove(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    if (peer == null) {
      throw new SecurityException("a connection without a pinned peer");
    }
    return attributes.toBuilder().set(Peer.KEY, peer).build();
  }

  private final class Acceptor extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var channel = (EpollDomainSocketChannel) message;
      try {
        if (pin(channel)) {
          context.fireChannelRead(channel);
          return;
        }
      } catch (IOException | RuntimeException e) {
        refused.incrementAndGet();
        log.atDebug().setCause(e).log("connection refused: the kernel does not name its caller");
        warn(clock.nanos());
      }
      channel.unsafe().closeForcibly();
    }

    /// At most once in a while: callers decide how often they are refused.
    private void warn(long now) {
      long planned = nextWarning.get();
      if (now >= planned && nextWarning.compareAndSet(planned, now + BETWEEN_WARNINGS.toNanos())) {
        log.atWarn()
            .addKeyValue("count", refused.getAndSet(0))
            .log("connections refused: too many of one caller, or of a caller that is not known");
      }
    }

    /// False: too many connections.
    private boolean pin(EpollDomainSocketChannel channel) throws IOException {
      long now = clock.nanos();
      int socket = channel.fd().intValue();
      PeerCredentials caller = PeerCredentials.of(socket);
      Optional<ConnectionLimits.Limit> over = connections.enter(caller.uid(), caller.pid());
      if (over.isPresent()) {
        refuse(channel, caller, over.get());
        warn(now);
        return false;
      }
      try {
        follow(channel, new Peer(caller, Pidfd.ofPeer(socket), now, mark(caller)));
        return true;
      } catch (IOException | RuntimeException e) {
        connections.leave(caller.uid(), caller.pid());
        throw e;
      }
    }

    /// Now, not when the first call comes: by then the process may have executed another program.
    private Optional<ProcessMark> mark(PeerCredentials caller) {
      try {
        return Optional.of(ProcessMark.read(caller.pid()));
      } catch (UnattestableException e) {
        log.atDebug().setCause(e).log("a caller could not be looked at when it connected");
        return Optional.empty();
      }
    }

    private void refuse(
        EpollDomainSocketChannel channel, PeerCredentials caller, ConnectionLimits.Limit over) {
      refused.incrementAndGet();
      log.atDebug()
          .addKeyValue("uid", Integer.toUnsignedString(caller.uid()))
          .addKeyValue("pid", caller.pid())
          .addKeyValue("reason", over)
          .log("connection refused");
      Farewell.say(channel.fd(), over.toString());
    }

    private void follow(EpollDomainSocketChannel channel, Peer peer) throws IOException {
      SocketAddress key = channel.remoteAddress();
      if (key == null) {
        peer.pidfd().ifPresent(Pidfd::close);
        throw new IOException("a connection without a remote address");
      }
      pinned.put(key, peer);
      channel.closeFuture().addListener(_ -> leave(key, peer));
    }

    private void leave(SocketAddress key, Peer peer) {
      pinned.remove(key);
      connections.leave(peer.credentials().uid(), peer.credentials().pid());
      try {
        onClose.accept(peer);
      } finally {
        peer.pidfd().ifPresent(Pidfd::close);
      }
    }
  }
}

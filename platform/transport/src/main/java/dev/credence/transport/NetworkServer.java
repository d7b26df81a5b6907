package dev.credence.transport;

import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// A gRPC server on a TCP port that counts connections before it spends anything on them: one more
/// than allowed is closed as it is accepted, before its TLS handshake. Thread-safe after {@link
/// #start}.
public final class NetworkServer implements AutoCloseable {
  private static final long STOP_SECONDS = 5;
  // A node holds one connection with a call; whoever makes no call has no business here.
  private static final long LONGEST_WITHOUT_A_CALL_SECONDS = 30;

  /// How many connections at once.
  ///
  /// @param total all together
  /// @param perAddress of one IP address, behind which many hosts may be
  /// @param strangers of one IP address, whose peers showed no SVID
  public record Connections(int total, int perAddress, int strangers) {
    // Half the total stays for those who have one.
    private int strangersInTotal() {
      return Math.max(1, total / 2);
    }

    /// Enough for 5,000 nodes that reconnect all at once, while 256 of them join for the first
    /// time.
    public static Connections standard() {
      return new Connections(20_000, 5_000, 256);
    }
  }

  private final EventLoopGroup loops;
  private final NettyServerBuilder builder;

  /// @param credentials of {@link MutualTls#server}
  public NetworkServer(
      InetSocketAddress address,
      ServerCredentials credentials,
      ServerLimits limits,
      Connections connections) {
    var counts = new ConnectionCounts<Object>(connections.total(), connections.perAddress());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            0, new DefaultThreadFactory("tcp", true), EpollIoHandler.newFactory());
    this.builder =
        NettyServerBuilder.forAddress(address, credentials)
            .channelFactory(() -> channel(counts))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .addTransportFilter(
                new StrangerLimit(connections.strangersInTotal(), connections.strangers()));
    limits.applyTo(builder).maxConnectionIdle(LONGEST_WITHOUT_A_CALL_SECONDS, TimeUnit.SECONDS);
  }

  private static EpollServerSocketChannel channel(ConnectionCounts<Object> counts) {
    var channel = new EpollServerSocketChannel();
    channel.pipeline().addFirst("credence-count", new Acceptor(counts));
    return channel;
  }

  /// Where services, interceptors and the executor are added, before {@link #start}.
  public NettyServerBuilder builder() {
    return builder;
  }

  /// Binds and serves.
  public Server start() throws IOException {
    return builder.build().start();
  }

  /// Ends the event loops. Shut the {@link Server} down first.
  @Override
  public void close() {
    var _ = loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }

  private static final class Acceptor extends ChannelInboundHandlerAdapter {
    private final ConnectionCounts<Object> counts;

    Acceptor(ConnectionCounts<Object> counts) {
      this.counts = counts;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var channel = (EpollSocketChannel) message;
      InetSocketAddress remote = channel.remoteAddress();
      Object key = remote == null ? "gone" : remote.getAddress();
      if (counts.enter(key)) {
        channel.closeFuture().addListener(_ -> counts.leave(key));
        context.fireChannelRead(channel);
      } else {
        channel.unsafe().closeForcibly();
      }
    }
  }
}

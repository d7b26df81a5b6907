package dev.credence.transport;

import dev.credence.platform.linux.BootClock;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// A gRPC server on a TCP port of the loopback interface, without TLS, that knows of each caller
/// which user's socket called ([TcpPeer]), and no more. Thread-safe after [#start].
public final class LoopbackServer implements AutoCloseable {
  private static final long STOP_SECONDS = 5;

  private final EventLoopGroup loops;
  private final NettyServerBuilder builder;

  LoopbackServer(InetSocketAddress address, ConnectionCount connections, ServerLimits limits) {
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "address " + address + " (expected: one of the loopback interface)");
    }
    this.loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("loopback", true), EpollIoHandler.newFactory());
    var pinning = new TcpPinning(connections, BootClock.system());
    this.builder =
        NettyServerBuilder.forAddress(address)
            .channelFactory(pinning::newServerChannel)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .addTransportFilter(pinning);
    limits.applyTo(builder);
  }

  /// Where services, interceptors and the executor are added, before [#start].
  public NettyServerBuilder builder() {
    return builder;
  }

  /// Binds and serves.
  public Server start() throws IOException {
    return builder.build().start();
  }

  /// Ends the event loops. Shut the [Server] down first.
  @Override
  public void close() {
    var _ = loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}

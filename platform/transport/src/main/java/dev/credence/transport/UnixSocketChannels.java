package dev.credence.transport;

import dev.credence.platform.linux.UnixSocketPath;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;

/// Client channels to Unix sockets.
public final class UnixSocketChannels {
  private UnixSocketChannels() {}

  /// Connects at the first call. The channel owns one daemon thread, which ends with it.
  ///
  /// @throws IllegalArgumentException if the path is longer than the kernel allows
  public static ManagedChannel open(Path path) {
    UnixSocketPath.check(path);
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("uds-client", true), EpollIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile()))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(loop)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
    return new OwnLoopChannel(channel, loop);
  }
}

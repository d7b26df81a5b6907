package dev.credence.cli;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A daemon's socket with services of the test behind it, and failures on demand.
final class FakeDaemon implements AutoCloseable {

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Queue<Status> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Metadata> headers = new ConcurrentLinkedQueue<>();
  private final Path socket;
  private final Server server;

  FakeDaemon(Path socket, BindableService... services) throws IOException {
    this.socket = socket;
    var builder =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop);
    for (var service : services) {
      builder.addService(ServerInterceptors.intercept(service, new Failing()));
    }
    server = builder.build().start();
  }

  Path socket() {
    return socket;
  }

  /// The next call is answered with this status after its service has done its work.
  void failNext(Status status) {
    failures.add(status);
  }

  Queue<Metadata> headers() {
    return headers;
  }

  @Override
  public void close() {
    server.shutdownNow();
    var _ = loop.shutdownGracefully();
  }

  /// Lets the service act and then loses its answer.
  private final class Failing implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
      headers.add(metadata);
      var failure = failures.poll();
      if (failure == null) {
        return next.startCall(call, metadata);
      }
      return next.startCall(
          new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void sendHeaders(Metadata ignored) {}

            @Override
            public void sendMessage(A ignored) {
              super.close(failure, new Metadata());
            }

            @Override
            public void close(Status ignored, Metadata trailers) {}
          },
          metadata);
    }
  }
}

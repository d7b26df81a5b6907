package dev.credence.transport;

import dev.credence.platform.linux.BootClock;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A gRPC server on a Unix socket that knows each caller's process from the moment it connected
/// ({@link Peer#of}). Claim the path, add services to {@link #builder}, {@link #start}, close.
///
/// A socket that a dead process left is replaced; one that is served is not stolen; another kind of
/// file is left alone. Thread-safe after {@link #start}.
public final class UnixSocketServer implements AutoCloseable {
  private static final long STOP_SECONDS = 5;

  /// What a socket is like.
  ///
  /// @param path at most 107 bytes
  /// @param mode of the socket file, `rw-------` for the administrator's, `rw-rw-rw-` for one that
  ///   all may call (the right to connect is the right to write)
  /// @param connections how many at once
  /// @param limits of each
  /// @param onClose told when a peer's connection is over, before its pidfd is closed; on the event
  ///   loop, so it must not block
  public record Settings(
      Path path,
      String mode,
      ConnectionLimits connections,
      ServerLimits limits,
      Consumer<Peer> onClose) {
    /// For the owner of this process only (and root).
    public static Settings ownerOnly(Path path) {
      return new Settings(
          path, "rw-------", ConnectionLimits.standard(), ServerLimits.local(), _ -> {});
    }

    /// For every local user.
    public static Settings everyone(Path path, Consumer<Peer> onClose) {
      return new Settings(
          path, "rw-rw-rw-", ConnectionLimits.standard(), ServerLimits.everyone(), onClose);
    }
  }

  private final SocketFile file;
  private final Set<PosixFilePermission> mode;
  private final EventLoopGroup loops;
  private final NettyServerBuilder builder;
  private final ConnectionCount connections;
  private final ServerLimits limits;

  private UnixSocketServer(SocketFile file, Settings settings) {
    this.file = file;
    this.mode = PosixFilePermissions.fromString(settings.mode());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("uds", true), EpollIoHandler.newFactory());
    this.connections = new ConnectionCount(settings.connections());
    this.limits = settings.limits();
    var pinning = new PeerPinning(connections, settings.onClose(), BootClock.system());
    this.builder =
        NettyServerBuilder.forAddress(new DomainSocketAddress(file.path().toFile()))
            .channelFactory(pinning::newServerChannel)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .addTransportFilter(pinning);
    settings.limits().applyTo(builder);
  }

  /// Claims the path for this process.
  ///
  /// @throws UnixSocketException with a line for people: too long, in use, not a socket, no such
  ///   folder
  public static UnixSocketServer claim(Settings settings) throws UnixSocketException {
    return new UnixSocketServer(SocketFile.claim(settings.path()), settings);
  }

  /// Where services, interceptors and the executor are added, before {@link #start}.
  public NettyServerBuilder builder() {
    return builder;
  }

  /// A second way in, for callers that have TCP only. Its connections count with those of this
  /// socket; those of one user count as those of one process.
  ///
  /// @param address on the loopback interface
  /// @throws IllegalArgumentException if it is not
  public LoopbackServer alsoOn(InetSocketAddress address) {
    return new LoopbackServer(address, connections, limits);
  }

  /// Binds, sets the mode, and serves.
  public Server start() throws IOException {
    Server server = builder.build().start();
    try {
      file.bound(mode);
      return server;
    } catch (IOException e) {
      server.shutdownNow();
      throw e;
    }
  }

  /// Where it serves, as an absolute path.
  public Path path() {
    return file.path();
  }

  /// Removes the socket and ends the event loops. Shut the {@link Server} down first.
  @Override
  public void close() throws IOException {
    file.close();
    var _ = loops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }
}

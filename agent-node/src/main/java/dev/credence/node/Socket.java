package dev.credence.node;

import dev.credence.transport.ConnectionLimits;
import dev.credence.transport.LoopbackServer;
import dev.credence.transport.ReadableRequests;
import dev.credence.transport.ServerLimits;
import dev.credence.transport.UnixSocketServer;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's socket with everything on it: Workload API, Credence's own service, health,
/// reflection. Around each call, in this order: who calls, the security header, the limits.
final class Socket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Socket.class);
  private static final long STOP_SECONDS = 2;
  private static final int RESETS_PER_SECOND = 5000;

  private final UnixSocketServer socket;
  private final List<Server> servers;
  private final HealthStatusManager health;
  private final ProcessTable processes;
  private final Optional<LoopbackServer> loopback;

  private Socket(
      UnixSocketServer socket,
      Optional<LoopbackServer> loopback,
      List<Server> servers,
      HealthStatusManager health,
      ProcessTable processes) {
    this.socket = socket;
    this.loopback = loopback;
    this.servers = servers;
    this.health = health;
    this.processes = processes;
  }

  /// What stands around each call.
  record Guards(CallerContext callers, HeaderCheck header, StreamLimits limits) {}

  /// What is served.
  ///
  /// @param workload the Workload API, also on TCP
  /// @param local Credence's own, which asks about processes: on the Unix socket alone
  record Services(BindableService workload, BindableService local) {}

  /// Binds and serves.
  ///
  /// @throws IOException with a line for people if it cannot be bound
  static Socket open(
      NodeConfig config,
      ConnectionLimits connections,
      Guards guards,
      Services services,
      ProcessTable processes)
      throws IOException {
    var socket =
        UnixSocketServer.claim(
            new UnixSocketServer.Settings(
                config.socket().path(),
                config.socket().mode(),
                connections,
                ServerLimits.everyone(),
                peer -> {}));
    Optional<LoopbackServer> loopback = config.socket().tcp().map(socket::alsoOn);
    var servers = new ArrayList<Server>();
    try {
      var health = new HealthStatusManager();
      health.setStatus("", ServingStatus.NOT_SERVING);
      equip(socket.builder(), guards, List.of(services.workload, services.local), health);
      servers.add(socket.start());
      if (loopback.isPresent()) {
        equip(loopback.get().builder(), guards, List.of(services.workload), health);
        bound(loopback.get(), config.socket().tcp().get()).ifPresent(servers::add);
      }
      return new Socket(socket, loopback, servers, health, processes);
    } catch (IOException | RuntimeException e) {
      servers.forEach(Server::shutdownNow);
      loopback.ifPresent(LoopbackServer::close);
      socket.close();
      throw e;
    }
  }

  /// Any user of this host may take a free port: that must not keep the Unix socket from anybody.
  ///
  /// @return empty: it is taken
  private static Optional<Server> bound(LoopbackServer loopback, InetSocketAddress address) {
    try {
      Server server = loopback.start();
      LOG.atWarn()
          .addKeyValue("address", address)
          .log(
              "the Workload API is served on TCP as well: of its callers the kernel names the user, not the process;"
                  + " only registrations that name tcp:uid lead to them");
      return Optional.of(server);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("address", address)
          .addKeyValue("reason", e.getMessage())
          .log(
              "tcp.listen cannot be bound, so the Workload API is on the Unix socket only: another program has the"
                  + " port, and what asks there for SVIDs gets its answers (end it, and start the node again)");
      return Optional.empty();
    }
  }

  private static void equip(
      NettyServerBuilder builder,
      Guards guards,
      List<BindableService> services,
      HealthStatusManager health) {
    // Nothing of ours blocks in a call: whatever reads or waits leaves the event loop at once.
    builder
        .directExecutor()
        // A busy but honest program opens and drops streams far more often than a server on the
        // network would allow; one evaluation serves however many of them come together.
        .maxRstFramesPerWindow(RESETS_PER_SECOND, 1)
        .addTransportFilter(guards.callers())
        // The last one added is the first one called.
        .intercept(guards.limits())
        .intercept(guards.header())
        .intercept(guards.callers())
        .addService(readable(health.getHealthService()))
        .addService(readable(ProtoReflectionServiceV1.newInstance()))
        .addService(readable(olderReflection()));
    services.forEach(service -> builder.addService(readable(service)));
  }

  /// Where it is served on TCP, if it is: with the port that was taken.
  Optional<InetSocketAddress> tcp() {
    return servers.size() < 2
        ? Optional.empty()
        : Optional.of((InetSocketAddress) servers.getLast().getListenSockets().getFirst());
  }

  private static ServerServiceDefinition readable(BindableService service) {
    return ReadableRequests.of(service, Metadata::new);
  }

  @SuppressWarnings("deprecation") // many tools still ask for v1alpha only
  private static BindableService olderReflection() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }

  /// The Workload API has answers now.
  void serving() {
    health.setStatus("", ServingStatus.SERVING);
  }

  /// No more calls, then the end of the open ones with UNAVAILABLE, then of the socket.
  @Override
  public void close() throws IOException {
    health.enterTerminalState();
    servers.forEach(Server::shutdown);
    processes.close();
    try {
      for (Server server : servers) {
        if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
          server.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      servers.forEach(Server::shutdownNow);
      Thread.currentThread().interrupt();
    } finally {
      loopback.ifPresent(LoopbackServer::close);
      socket.close();
    }
  }
}

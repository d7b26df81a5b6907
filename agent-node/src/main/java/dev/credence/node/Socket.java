package dev.credence.node;

import dev.credence.transport.ConnectionLimits;
import dev.credence.transport.ReadableRequests;
import dev.credence.transport.ServerLimits;
import dev.credence.transport.UnixSocketServer;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The node's socket with everything on it: Workload API, Credence's own service, health,
/// reflection. Around each call, in this order: who calls, the security header, the limits.
final class Socket implements AutoCloseable {
  private static final long STOP_SECONDS = 2;
  private static final int RESETS_PER_SECOND = 5000;

  private final UnixSocketServer socket;
  private final Server server;
  private final HealthStatusManager health;
  private final ProcessTable processes;

  private Socket(
      UnixSocketServer socket, Server server, HealthStatusManager health, ProcessTable processes) {
    this.socket = socket;
    this.server = server;
    this.health = health;
    this.processes = processes;
  }

  /// What stands around each call.
  record Guards(CallerContext callers, HeaderCheck header, StreamLimits limits) {}

  /// Binds and serves.
  ///
  /// @throws IOException with a line for people if it cannot be bound
  static Socket open(
      NodeConfig config,
      ConnectionLimits connections,
      Guards guards,
      List<BindableService> services,
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
    try {
      var health = new HealthStatusManager();
      health.setStatus("", ServingStatus.NOT_SERVING);
      return new Socket(socket, server(socket, guards, services, health), health, processes);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Server server(
      UnixSocketServer socket,
      Guards guards,
      List<BindableService> services,
      HealthStatusManager health)
      throws IOException {
    // Nothing of ours blocks in a call: whatever reads or waits leaves the event loop at once.
    var builder =
        socket
            .builder()
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
    return socket.start();
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
    server.shutdown();
    processes.close();
    try {
      if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      socket.close();
    }
  }
}

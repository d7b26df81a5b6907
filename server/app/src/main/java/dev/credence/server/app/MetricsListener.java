package dev.credence.server.app;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Serves the metrics over plain HTTP, on loopback unless told otherwise.
final class MetricsListener implements AutoCloseable {
  private final Optional<HTTPServer> server;
  private final Optional<InetSocketAddress> address;

  private MetricsListener(Optional<HTTPServer> server, Optional<InetSocketAddress> address) {
    this.server = server;
    this.address = address;
  }

  static MetricsListener start(Optional<InetSocketAddress> listen, ServerMetrics metrics)
      throws IOException {
    if (listen.isEmpty()) {
      return new MetricsListener(Optional.empty(), Optional.empty());
    }
    InetSocketAddress wanted = StartProblem.resolve("metrics.listen", listen.get());
    try {
      HTTPServer server =
          HTTPServer.builder()
              .inetAddress(wanted.getAddress())
              .port(wanted.getPort())
              .registry(metrics.registry())
              .buildAndStart();
      return new MetricsListener(
          Optional.of(server),
          Optional.of(new InetSocketAddress(wanted.getAddress(), server.getPort())));
    } catch (BindException e) {
      throw StartProblem.bind("metrics.listen", wanted, e);
    }
  }

  Optional<InetSocketAddress> address() {
    return address;
  }

  @Override
  public void close() {
    server.ifPresent(HTTPServer::close);
  }
}

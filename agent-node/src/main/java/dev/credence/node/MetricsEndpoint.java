package dev.credence.node;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Prometheus metrics over HTTP, on the loopback interface.
final class MetricsEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

  private final HTTPServer server;

  private MetricsEndpoint(HTTPServer server) {
    this.server = server;
  }

  static MetricsEndpoint open(InetSocketAddress address, NodeMetrics metrics) throws IOException {
    HTTPServer server =
        HTTPServer.builder()
            .inetAddress(address.getAddress())
            .port(address.getPort())
            .registry(metrics.registry())
            .buildAndStart();
    LOG.atInfo().addKeyValue("port", server.getPort()).log("metrics");
    return new MetricsEndpoint(server);
  }

  @Override
  public void close() {
    server.close();
  }
}

package dev.credence.server.app;

import dev.credence.server.core.CoreMetrics;
import dev.credence.server.core.ServerException;
import dev.credence.server.store.CommitListener;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// What the server counts, for Prometheus. docs/reference/metrics.md shows the same, which a test
/// checks. Thread-safe.
final class ServerMetrics implements CoreMetrics, CommitListener {
  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter issued =
      Counter.builder()
          .name("credence_svids_issued_total")
          .help("X.509-SVIDs issued, by holder: agent, service, node, server.")
          .labelNames("holder")
          .register(registry);
  private final Histogram signing =
      Histogram.builder()
          .name("credence_svid_signing_seconds")
          .help("Time to build, sign and check one X.509-SVID.")
          .labelNames("holder")
          .classicOnly()
          .classicUpperBounds(0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1)
          .register(registry);
  private final Counter jwtIssued =
      Counter.builder()
          .name("credence_jwt_svids_issued_total")
          .help("JWT-SVIDs issued, by holder: agent, service.")
          .labelNames("holder")
          .register(registry);
  private final Histogram jwtSigning =
      Histogram.builder()
          .name("credence_jwt_svid_signing_seconds")
          .help("Time to write, sign and check one JWT-SVID.")
          .labelNames("holder")
          .classicOnly()
          .classicUpperBounds(0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.1)
          .register(registry);
  private final Counter refusals =
      Counter.builder()
          .name("credence_refusals_total")
          .help("Calls that were refused, by reason (docs/reference/errors.md).")
          .labelNames("reason")
          .register(registry);
  private final Gauge nodes =
      Gauge.builder()
          .name("credence_nodes_connected")
          .help("Nodes with an open stream.")
          .register(registry);
  private final Counter pushes =
      Counter.builder()
          .name("credence_stream_pushes_total")
          .help("Messages pushed to nodes.")
          .register(registry);
  private final Gauge registryNumber =
      Gauge.builder()
          .name("credence_registry_number")
          .help("Number of the newest registry change that nodes can see.")
          .register(registry);
  private final Gauge eventNumber =
      Gauge.builder()
          .name("credence_event_number")
          .help("Number of the newest event.")
          .register(registry);
  private final Histogram commitWrites =
      Histogram.builder()
          .name("credence_commit_writes")
          .help("Writes that shared one commit of the database.")
          .classicOnly()
          .classicUpperBounds(1, 2, 4, 8, 16, 32, 64)
          .register(registry);
  private final Histogram commitTime =
      Histogram.builder()
          .name("credence_commit_seconds")
          .help("Time from the first statement of a commit until it is durable.")
          .classicOnly()
          .classicUpperBounds(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1)
          .register(registry);
  private final Gauge writesWaiting =
      Gauge.builder()
          .name("credence_writes_waiting")
          .help("Writes that queued up during the last commit.")
          .register(registry);

  PrometheusRegistry registry() {
    return registry;
  }

  /// What is counted when somebody looks.
  void countOnDemand(LongSupplier runningExecutions) {
    GaugeWithCallback.builder()
        .name("credence_executions_running")
        .help("Executions that run.")
        .callback(callback -> callback.call((double) runningExecutions.getAsLong()))
        .register(registry);
  }

  /// Something was pushed to a node.
  void pushed() {
    pushes.inc();
  }

  @Override
  public void svidIssued(String holder, Duration time) {
    issued.labelValues(holder).inc();
    signing.labelValues(holder).observe(time.toNanos() / NANOS);
  }

  @Override
  public void jwtSvidIssued(String holder, Duration time) {
    jwtIssued.labelValues(holder).inc();
    jwtSigning.labelValues(holder).observe(time.toNanos() / NANOS);
  }

  @Override
  public void refused(ServerException.Kind kind) {
    refusals.labelValues(kind.name().toLowerCase(Locale.ROOT).replace('_', '-')).inc();
  }

  @Override
  public void nodesConnected(int count) {
    nodes.set(count);
  }

  @Override
  public void registryNumber(long number) {
    registryNumber.set((double) number);
  }

  @Override
  public void eventNumber(long number) {
    eventNumber.set((double) number);
  }

  @Override
  public void committed(Commit commit) {
    commitWrites.observe(commit.writes());
    commitTime.observe(commit.working().plus(commit.committing()).toNanos() / NANOS);
    writesWaiting.set(commit.waiting());
  }
}

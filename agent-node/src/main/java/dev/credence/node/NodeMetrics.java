package dev.credence.node;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/// What is counted. docs/reference/metrics-node.md lists it; a test compares them.
final class NodeMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter issued =
      Counter.builder()
          .name("credence_node_certificates_total")
          .help("Certificates that the server issued for processes, by call (open, renew)")
          .labelNames("call")
          .register(registry);
  private final Counter tokens =
      Counter.builder()
          .name("credence_node_jwt_svids_total")
          .help("JWT-SVIDs that the server issued for processes")
          .register(registry);
  private final Counter failed =
      Counter.builder()
          .name("credence_node_failed_calls_total")
          .help("Calls to the server that failed, by kind")
          .labelNames("kind")
          .register(registry);
  private final Counter refused =
      Counter.builder()
          .name("credence_node_refusals_total")
          .help("Calls of local processes that the node refused, by reason")
          .labelNames("reason")
          .register(registry);
  private final Histogram evaluation =
      Histogram.builder()
          .name("credence_node_evaluation_seconds")
          .help("Time to attest a process and to get it what it is entitled to")
          .classicOnly()
          .classicUpperBounds(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 10)
          .register(registry);

  PrometheusRegistry registry() {
    return registry;
  }

  void issued(String call) {
    issued.labelValues(call).inc();
  }

  void tokenIssued() {
    tokens.inc();
  }

  void failed(CallException.Kind kind) {
    failed.labelValues(kind.label()).inc();
  }

  void refused(RefusalReason reason) {
    refused.labelValues(reason.label()).inc();
  }

  void evaluated(long nanos) {
    evaluation.observe(nanos / 1e9);
  }

  /// A value that is asked for when the metrics are read.
  void gauge(String name, String help, IntSupplier value) {
    var _ =
        GaugeWithCallback.builder()
            .name(name)
            .help(help)
            .callback(callback -> callback.call(value.getAsInt()))
            .register(registry);
  }
}

package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.ServerException;
import dev.credence.server.store.CommitListener;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
  private final ServerMetrics metrics = new ServerMetrics();

  @Test
  void theReferenceShowsExactlyTheMetrics() throws Exception {
    metrics.countOnDemand(() -> 1);
    var known = new TreeSet<String>();
    for (MetricSnapshot snapshot : metrics.registry().scrape()) {
      var data = snapshot.getMetadata();
      String type =
          switch (snapshot) {
            case CounterSnapshot _ -> "counter";
            case HistogramSnapshot _ -> "histogram";
            default -> "gauge";
          };
      String name = type.equals("counter") ? data.getName() + "_total" : data.getName();
      known.add(name + " " + type + " " + data.getHelp());
    }
    var documented = new TreeSet<String>();
    for (String line : Files.readAllLines(Path.of("../../docs/reference/metrics.md"))) {
      if (line.startsWith("| `")) {
        List<String> cells = List.of(line.split("\\|", -1));
        documented.add(
            cells.get(1).strip().replace("`", "")
                + " "
                + cells.get(2).strip()
                + " "
                + cells.get(4).strip());
      }
    }
    assertThat(documented).isEqualTo(known);
  }

  @Test
  void areServedOnLoopback() throws Exception {
    metrics.svidIssued("agent", Duration.ofNanos(150_000));
    metrics.refused(ServerException.Kind.KEY_REUSED);
    metrics.committed(new CommitListener.Commit(3, 0, Duration.ofMillis(1), Duration.ofMillis(1)));
    try (MetricsListener listener =
            MetricsListener.start(
                Optional.of(java.net.InetSocketAddress.createUnresolved("127.0.0.1", 0)), metrics);
        HttpClient client = HttpClient.newHttpClient()) {
      var address = listener.address().orElseThrow();
      assertThat(address.getAddress().isLoopbackAddress()).isTrue();
      String body =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + address.getPort() + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(body)
          .contains("credence_svids_issued_total{holder=\"agent\"} 1.0")
          .contains("credence_svid_signing_seconds_bucket{holder=\"agent\",le=\"2.0E-4\"} 1")
          .contains("credence_refusals_total{reason=\"key-reused\"} 1.0")
          .contains("credence_commit_writes_sum 3.0");
    }
  }
}

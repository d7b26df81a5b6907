package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.Key;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
  @TempDir Path folder;

  private NodeConfig read(String yaml) throws IOException, ConfigException {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, yaml);
    return NodeConfigFile.read(file);
  }

  @Test
  void theDefaults() throws Exception {
    NodeConfig config = read("data_dir: data\nsocket: api.sock\n");
    assertThat(config.dataDir()).isEqualTo(folder.resolve("data"));
    assertThat(config.socket())
        .isEqualTo(new NodeConfig.Socket(folder.resolve("api.sock"), "rw-rw-rw-"));
    assertThat(config.server())
        .isEqualTo(new NodeConfig.Server(Optional.empty(), List.of(), Optional.empty()));
    assertThat(config.recheckInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.limits()).isEqualTo(Limits.usual());
    assertThat(config.metrics()).isEmpty();
    assertThat(config.log().level()).isEqualTo(dev.credence.platform.logging.LogLevel.INFO);
    assertThat(config.log().format()).isEqualTo(dev.credence.platform.logging.LogFormat.TEXT);
  }

  @Test
  void everything() throws Exception {
    NodeConfig config =
        read(
            """
            trust_domain: example.org
            server: server.example.org:8443
            data_dir: /var/lib/credence-node
            socket: /run/credence/api.sock
            socket_mode: rw-rw----
            join_token_file: /etc/credence/token
            recheck_interval: 5s
            log:
              level: debug
              format: json
            metrics:
              listen: 127.0.0.1:9464
            limits:
              connections: 10
              streams_per_pid: 3
            """);
    assertThat(config.server().servers()).hasToString("[server.example.org:8443]");
    assertThat(config.socket().mode()).isEqualTo("rw-rw----");
    assertThat(config.limits().connections().total()).isEqualTo(10);
    assertThat(config.limits().streams().perPid()).isEqualTo(3);
    assertThat(config.metrics()).map(java.net.InetSocketAddress::getPort).contains(9464);
  }

  @Test
  void howMuchCodeIsMeasuredAndKept() throws Exception {
    String node = "data_dir: data\nsocket: api.sock\n";
    assertThat(read(node).limits().code()).isEqualTo(Limits.Code.usual());
    Limits.Code code =
        read(node
                + """
                limits:
                  code_files: 7
                  code_mebibytes: 3
                  code_file_mebibytes: 2
                  code_store_mebibytes: 5000
                  code_store_mebibytes_per_uid: 4
                """)
            .limits()
            .code();
    assertThat(code.one().files()).isEqualTo(7);
    assertThat(code.one().bytes()).isEqualTo(3L << 20);
    assertThat(code.one().largestFile()).isEqualTo(2L << 20);
    assertThat(code.store().bytes()).isEqualTo(5000L << 20);
    assertThat(code.store().bytesPerUser()).isEqualTo(4L << 20);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read(node + "limits:\n  code_store_mebibytes: 100\n"))
        .satisfies(e ->
            assertThat(e.problems())
                .singleElement()
                .asString()
                .contains("code_store_mebibytes", "100", "limits.code_mebibytes, which is 2048"));
  }

  @Test
  void allProblemsAtOnce() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() ->
            read(
                """
                sockett: api.sock
                trust_domain: UPPER
                recheck_interval: soon
                metrics:
                  listen: 0.0.0.0:1
                """))
        .satisfies(e ->
            assertThat(e.problems())
                .anySatisfy(line -> assertThat(line).contains(":1:", "sockett", "socket"))
                .anySatisfy(line -> assertThat(line).contains(":2:", "UPPER"))
                .anySatisfy(line -> assertThat(line).contains(":3:", "soon"))
                .anySatisfy(line -> assertThat(line).contains(":5:", "loopback"))
                .anySatisfy(line -> assertThat(line).contains("data_dir")));
  }

  private static final String JOINS_BY_CERTIFICATE =
      """
      trust_domain: example.org
      server: server.example.org:8443
      data_dir: data
      socket: api.sock
      x509pop:
        certificate_file: host.pem
        key_file: /keys/host.key
        bundle_file: bundle.pem
      """;

  @Test
  void aCertificateToJoinBy() throws Exception {
    assertThat(read(JOINS_BY_CERTIFICATE).server().x509pop())
        .contains(
            new NodeConfig.X509Pop(
                folder.resolve("host.pem"),
                Path.of("/keys/host.key"),
                folder.resolve("bundle.pem")));
  }

  @Test
  void aCertificateToJoinBy_needsAllThreeFiles_andTheServerThatIsMeant() {
    for (String missing : List.of("  certificate_file", "  key_file", "  bundle_file")) {
      assertThatExceptionOfType(ConfigException.class)
          .as(missing)
          .isThrownBy(() -> read(without(missing)))
          .withMessageContaining("expected: all three");
    }
    for (String missing : List.of("trust_domain", "server")) {
      assertThatExceptionOfType(ConfigException.class)
          .as(missing)
          .isThrownBy(() -> read(without(missing)))
          .withMessageContaining("without server and trust_domain");
    }
  }

  private static String without(String key) {
    return JOINS_BY_CERTIFICATE.replaceAll("(?m)^" + key + ":.*\n", "");
  }

  @Test
  void aSocketPathThatIsTooLongIsSaid() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read("data_dir: d\nsocket: /" + "x".repeat(120) + "\n"))
        .withMessageContaining("node.yaml:2: socket:");
  }

  // --- the references are kept true ---

  private static final Path DOCS = Path.of("..", "docs", "reference");

  private static List<String> rows(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith("| `")).toList();
    }
  }

  @Test
  void theReferenceListsEveryKeyWithItsDefaultAndMeaning() throws IOException {
    List<String> expected =
        NodeConfigKeys.ALL.stream()
            .map((Key<?> key) ->
                "| `%s` | %s | %s |".formatted(key.name(), fallback(key), key.meaning()))
            .toList();
    assertThat(rows(DOCS.resolve("node-config.md"))).containsExactlyElementsOf(expected);
  }

  private static String fallback(Key<?> key) {
    String text = key.fallbackText();
    return text.equals("required") || text.equals("none") ? text : "`" + text + "`";
  }

  @Test
  void theReferenceListsEveryMetric() throws IOException {
    try (NodeRig rig = NodeRig.ready()) {
      Pattern name = Pattern.compile("\\| `([a-z_]+)`");
      List<String> documented =
          rows(DOCS.resolve("metrics-node.md")).stream()
              .map(name::matcher)
              .filter(java.util.regex.Matcher::find)
              .map(matcher -> matcher.group(1))
              .sorted()
              .toList();
      List<String> real =
          rig.node().metrics().scrape().stream()
              .map(MetricSnapshot::getMetadata)
              .map(MetricMetadata::getPrometheusName)
              .sorted()
              .toList();
      assertThat(documented.stream().map(text -> text.replaceAll("_total$", "")).toList())
          .isEqualTo(real);
    }
  }
}

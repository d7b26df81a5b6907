package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.SvidException;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Listening;
import dev.credence.e2e.client.WorkloadApi;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.story.Story;
import dev.credence.proto.workload.X509SVIDResponse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Python's standard library reads the certificate and what the program prints; it knows of the
/// digest what docs/spec/execution-extension.md says of it.
@DisplayName("the record that an execution was attested by is the one in its certificate")
class AttestationRecordTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;

  @Test
  @DisplayName(
      "certificate, execution show -o json, and a recomputation from what it prints: one digest")
  void same() throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "no " + PYTHON + " on this machine");
    var executable = Path.of("/proc/self/exe").toRealPath().toString();
    try (var story = Story.of("an auditor checks a record against a certificate")) {
      var dev = story.opens("server and node", () -> Dev.start(folder.resolve("dev")));
      var admin = story.opens("an administrator", dev::admin);
      admin.owner("finance");
      admin.create(Admin.agent("finance", "invoice-bot", "unix:path:" + executable));
      var api = story.opens("this process", () -> WorkloadApi.at(dev.socket()));
      var stream = story.opens("it opens a stream", api::openX509Svids);
      var first = story.ask("its certificate", () -> leaf(stream, 0));
      var shown = story.ask("execution show -o json", () -> shown(dev, first));
      var digest = facts(first).attestation().toString();
      story.step(
          "in the certificate, in what is printed, and made of that again: the same",
          () ->
              assertThat(digests(shown, first))
                  .containsExactly(
                      "recomputed " + digest, "shown " + digest, "certificate " + digest));
      story.step(
          "a property, a level or a number changed in what was printed: another digest",
          () -> {
            for (var forged :
                List.of(
                    shown.replace(executable + "\"", executable + "x\""),
                    shown.replace("ISOLATION_SHARED_UID", "ISOLATION_SANDBOXED"),
                    shown.replaceAll("(\"startTime\": \"[0-9]+)", "$10"))) {
              assertThat(forged).isNotEqualTo(shown);
              assertThat(digests(forged, first))
                  .doesNotContain("recomputed " + digest)
                  .contains("certificate " + digest);
            }
          });
      dev.credence("agent", "update", "finance/invoice-bot", "--ttl", "5m").done();
      var second = story.ask("a renewed certificate", () -> leaf(stream, 1));
      story.step(
          "has the digest of the record that is printed now",
          () -> {
            var now = facts(second).attestation().toString();
            assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
            assertThat(digests(shown(dev, second), second))
                .containsExactly("recomputed " + now, "shown " + now, "certificate " + now);
          });
    }
  }

  @Test
  @DisplayName("the specification's vector")
  void vector() throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "no " + PYTHON + " on this machine");
    var vector =
        Path.of(System.getProperty("credence.root", ".."))
            .resolve("docs/spec/vectors/attestation-shown.json");
    var lines = python(List.of(vector));
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst().replace("recomputed", "shown")).isEqualTo(lines.getLast());
  }

  private static X509Certificate leaf(Listening<X509SVIDResponse> stream, int message)
      throws InterruptedException, SvidException {
    var svid = stream.next(message, SOON).getSvids(0);
    return Certificates.parseChain(svid.getX509Svid().toByteArray()).getFirst();
  }

  private static ExecutionFacts facts(X509Certificate certificate) throws SvidException {
    return ExecutionFacts.of(certificate).orElseThrow();
  }

  private static String shown(Dev dev, X509Certificate certificate) throws Exception {
    var id = facts(certificate).executionId().toString();
    return dev.credence("execution", "show", id, "-o", "json").done().out();
  }

  private List<String> digests(String shown, X509Certificate certificate) throws Exception {
    var der = Files.write(folder.resolve("svid.der"), Certificates.toDer(certificate));
    return python(List.of(Files.writeString(folder.resolve("shown.json"), shown), der));
  }

  private List<String> python(List<Path> arguments) throws Exception {
    var _ = resource("parse.py");
    var command = new ArrayList<>(List.of(PYTHON, "-B", resource("record.py").toString()));
    arguments.forEach(it -> command.add(it.toString()));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.lines().toList();
  }

  private Path resource(String name) throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            AttestationRecordTest.class.getResourceAsStream("/parsers/" + name), name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }
}

package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.certs.Certificates;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Isolation;
import dev.credence.certs.SvidException;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("each kind of certificate is understood by other parsers than ours")
class ForeignParsersTest {

  @TempDir static Path folder;
  private static List<Path> files = List.of();
  private static List<String> expected = List.of();
  private static Path bundle = Path.of("");

  @BeforeAll
  static void issue() throws Exception {
    try (var rig = Rig.start()) {
      rig.agent("finance", "invoice-bot").forThisProcess();
      rig.service("finance", "ledger").dns("ledger.example.org").forThisProcess();
      var all = new ArrayList<X509Certificate>();
      for (var svid : rig.workload().fetchX509Svids().getSvidsList()) {
        all.add(Certificates.parse(svid.getX509Svid().toByteArray()));
      }
      var node = rig.contact().attest(RequestIds.next(), Keys.request());
      all.add(Certificates.parseChain(node.getSvid().getX509Svid().toByteArray()).getFirst());
      var authority = Certificates.parse(rig.admin().authorities().getFirst());
      bundle =
          Files.writeString(folder.resolve("bundle.pem"), Certificates.toPem(List.of(authority)));
      all.add(authority);
      files = write(all);
      expected = all.stream().map(ForeignParsersTest::line).toList();
    }
  }

  private static List<Path> write(List<X509Certificate> certificates) throws IOException {
    var written = new ArrayList<Path>();
    for (var certificate : certificates) {
      written.add(
          Files.write(folder.resolve(written.size() + ".der"), Certificates.toDer(certificate)));
    }
    return written;
  }

  /// What Java reads of it, in the words of the other programs.
  private static String line(X509Certificate certificate) {
    try {
      var names = Objects.requireNonNull(certificate.getSubjectAlternativeNames());
      var uri =
          names.stream().filter(name -> name.get(0).equals(6)).findFirst().orElseThrow().get(1);
      var facts = ExecutionFacts.of(certificate).map(ForeignParsersTest::words).orElse("");
      return "uri=" + uri + " " + facts;
    } catch (SvidException | java.security.cert.CertificateParsingException e) {
      throw new AssertionError(e);
    }
  }

  private static String words(ExecutionFacts facts) {
    return "version=%d owner=%s agent=%s execution=%s kind=%d code=%d isolation=%d depth=%d attestation=%s"
        .formatted(
            facts.version(),
            facts.ownerId(),
            facts.agentId(),
            facts.executionId(),
            number(ExecutionKind.values(), facts.kind()),
            number(CodeAssurance.values(), facts.code()),
            number(Isolation.values(), facts.isolation()),
            facts.depth(),
            facts.attestation());
  }

  /// The specification counts from 1, in this order.
  private static <E> int number(E[] all, E one) {
    return List.of(all).indexOf(one) + 1;
  }

  @Test
  @DisplayName("Go's crypto/x509")
  void go() throws Exception {
    assumeTrue(isThere("go", "version"), "no Go on this machine");
    assertThat(run(List.of("go", "run", resource("parse.go").toString()))).isEqualTo(expected);
  }

  @Test
  @DisplayName("Python's standard library")
  void python() throws Exception {
    assumeTrue(isThere("python3", "--version"), "no Python on this machine");
    assertThat(run(List.of("python3", resource("parse.py").toString()))).isEqualTo(expected);
  }

  @Test
  @DisplayName("XL-14: OpenSSL reads each one and verifies it up to the bundle")
  void openssl() throws Exception {
    assumeTrue(isThere("openssl", "version"), "no OpenSSL on this machine");
    for (int i = 0; i < files.size(); i++) {
      var text =
          String.join(
              "\n",
              output(
                  List.of(
                      "openssl",
                      "x509",
                      "-inform",
                      "DER",
                      "-noout",
                      "-text",
                      "-in",
                      files.get(i).toString())));
      assertThat(text).contains("URI:" + expected.get(i).replaceFirst("uri=(\\S+).*", "$1"));
      if (expected.get(i).contains("execution=")) {
        assertThat(text).contains(ExecutionFacts.OID);
      }
      var pem =
          Files.writeString(
              folder.resolve(i + ".pem"),
              Certificates.toPem(List.of(Certificates.parse(Files.readAllBytes(files.get(i))))));
      assertThat(
              output(
                  List.of(
                      "openssl",
                      "verify",
                      "-x509_strict",
                      "-CAfile",
                      bundle.toString(),
                      pem.toString())))
          .singleElement()
          .asString()
          .endsWith(": OK");
    }
  }

  private static List<String> run(List<String> command) throws Exception {
    return output(Stream.concat(command.stream(), files.stream().map(Path::toString)).toList());
  }

  private static List<String> output(List<String> command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.lines().toList();
  }

  private static Path resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            ForeignParsersTest.class.getResourceAsStream("/parsers/" + name), name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }

  private static boolean isThere(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}

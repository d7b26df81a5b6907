package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// OpenSSL, Go and Python read what was really issued.
final class OtherLanguagesTest {
  private static final HexFormat HEX = HexFormat.of();

  // The numbers of docs/spec/execution-extension.md, section 2.
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("process", 1),
          Map.entry("task", 2),
          Map.entry("none", 1),
          Map.entry("claimed", 2),
          Map.entry("file", 3),
          Map.entry("orchestrator", 4),
          Map.entry("launcher", 5),
          Map.entry("shared-uid", 1),
          Map.entry("own-uid", 2),
          Map.entry("sandboxed", 3));

  enum Kind {
    AGENT,
    SERVICE,
    NODE,
    SERVER
  }

  @TempDir private Path folder;
  private final World world = new World(Providers.jdk());

  @BeforeEach
  void writeAuthority() throws IOException {
    Files.write(folder.resolve("authority.der"), Certificates.toDer(world.authority.certificate()));
    Files.writeString(
        folder.resolve("authority.pem"),
        Certificates.toPem(List.of(world.authority.certificate())));
  }

  private SvidTemplate template(Kind kind) {
    return switch (kind) {
      case AGENT -> world.agent(world.newKey(), List.of("a.example", "b.example"));
      case SERVICE -> world.service();
      case NODE -> world.node();
      case SERVER -> world.server();
    };
  }

  private IssuedCertificate issue(SvidTemplate template) throws IOException {
    IssuedCertificate issued = world.authority.issue(template, World.NOW);
    Files.write(folder.resolve("leaf.der"), Certificates.toDer(issued.leaf()));
    Files.writeString(folder.resolve("leaf.pem"), Certificates.toPem(issued.chain()));
    return issued;
  }

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = OtherLanguagesTest.class.getResourceAsStream("/readers/" + name)) {
      Files.write(file, Objects.requireNonNull(in, name).readAllBytes());
    }
    return file;
  }

  /// The names and the execution, as each of the readers prints them.
  private static List<String> expected(SvidTemplate template, IssuedCertificate issued) {
    List<String> lines = new ArrayList<>();
    lines.add("serial=" + issued.leaf().getSerialNumber().toString(16));
    lines.add("uri=" + template.id());
    lines.add("ca=false");
    if (template instanceof SvidTemplate.Workload workload) {
      workload.dnsNames().forEach(name -> lines.add("dns=" + name));
      lines.add("execution_critical=false");
      lines.addAll(executionLines(workload.execution()));
    }
    return lines;
  }

  private static List<String> executionLines(ExecutionFacts facts) {
    List<String> lines = new ArrayList<>();
    lines.add("version=1");
    lines.add("kind=" + NUMBERS.get(facts.kind().label()));
    lines.add("code=" + NUMBERS.get(facts.code().label()));
    lines.add("isolation=" + NUMBERS.get(facts.isolation().label()));
    lines.add("depth=" + facts.depth());
    lines.add("owner_id=" + hex(facts.ownerId()));
    lines.add("agent_id=" + hex(facts.agentId()));
    lines.add("execution_id=" + hex(facts.executionId()));
    lines.add("attestation=" + facts.attestation());
    facts.parent().ifPresent(value -> lines.add("parent=" + hex(value)));
    facts.workflow().ifPresent(value -> lines.add("workflow=" + hex(value)));
    facts.task().ifPresent(value -> lines.add("task=" + value));
    facts.delegator().ifPresent(value -> lines.add("delegator=" + value));
    facts.grant().ifPresent(value -> lines.add("grant=" + value));
    return lines;
  }

  private static String hex(Id id) {
    return HEX.formatHex(id.bytes());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("Go reads and verifies what was issued")
  void goReadsAndVerifies(Kind kind) throws Exception {
    Tool.assumeInstalled("go");
    SvidTemplate template = template(kind);
    IssuedCertificate issued = issue(template);
    String seconds = Long.toString(World.NOW.getEpochSecond());
    String program = resource("read_certificate.go").toString();
    List<String> lines =
        Tool.run(folder, "go", "run", program, "leaf.der", "authority.der", seconds)
            .lines()
            .toList();
    List<String> expected = expected(template, issued);
    expected.add("verified=true");
    expected.add("unhandled_critical=0");
    // digitalSignature; server and client authentication
    expected.add("key_usage=1");
    expected.add("purposes=[1 2]");
    expected.add("subject=" + issued.leaf().getSubjectX500Principal().getName());
    if (template instanceof SvidTemplate.Workload) {
      expected.add("execution_rest=0");
    }
    assertThat(lines).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("a strict DER reader in Python reads what was issued")
  void pythonReads(Kind kind) throws Exception {
    Tool.assumeInstalled("python3");
    SvidTemplate template = template(kind);
    IssuedCertificate issued = issue(template);
    String program = resource("read_certificate.py").toString();
    List<String> lines = Tool.run(folder, "python3", program, "leaf.der").lines().toList();
    assertThat(lines).containsAll(expected(template, issued));
    assertThat(lines)
        .containsAnyOf("cryptography=absent", "cryptography=" + template.id())
        .hasSize(expected(template, issued).size() + 1);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("OpenSSL shows and verifies what was issued")
  void opensslShowsAndVerifies(Kind kind) throws Exception {
    Tool.assumeInstalled("openssl");
    SvidTemplate template = template(kind);
    issue(template);
    String text = Tool.run(folder, "openssl", "x509", "-in", "leaf.pem", "-noout", "-text");
    assertThat(text)
        .contains("Version: 3 (0x2)")
        .contains("Signature Algorithm: ecdsa-with-SHA256")
        .contains("URI:" + template.id())
        .containsPattern("Basic Constraints: critical\\s+CA:FALSE")
        .containsPattern("Key Usage: critical\\s+Digital Signature\\n")
        .contains("TLS Web Server Authentication, TLS Web Client Authentication");
    assertThat(text.contains(ExecutionFacts.OID + ":"))
        .isEqualTo(template instanceof SvidTemplate.Workload);
    for (String purpose : new String[] {"sslserver", "sslclient"}) {
      assertThat(
              Tool.run(
                  folder,
                  "openssl",
                  "verify",
                  "-x509_strict",
                  "-purpose",
                  purpose,
                  "-attime",
                  Long.toString(World.NOW.getEpochSecond()),
                  "-CAfile",
                  "authority.pem",
                  "leaf.pem"))
          .isEqualToIgnoringNewLines("leaf.pem: OK");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"AGENT", "SERVICE"})
  @DisplayName("OpenSSL's asn1parse sees the fields of the execution extension")
  void opensslParsesTheExtension(Kind kind) throws Exception {
    Tool.assumeInstalled("openssl");
    var template = (SvidTemplate.Workload) template(kind);
    issue(template);
    List<String> lines =
        Tool.run(folder, "openssl", "asn1parse", "-inform", "DER", "-in", "leaf.der")
            .lines()
            .toList();
    int at =
        lines.indexOf(
            lines.stream()
                .filter(l -> l.endsWith(":" + ExecutionFacts.OID))
                .findFirst()
                .orElseThrow());
    String value = lines.get(at + 1).replaceFirst(".*\\[HEX DUMP\\]:", "");
    Files.write(folder.resolve("extension.der"), HEX.parseHex(value));
    String parsed =
        Tool.run(folder, "openssl", "asn1parse", "-inform", "DER", "-in", "extension.der");
    // The last column of each primitive, in order.
    List<String> fields =
        Pattern.compile(
                "prim:.*?:(?:\\[HEX DUMP\\]:)?([0-9A-F]*)$|prim: cont \\[ (\\d) \\]",
                Pattern.MULTILINE)
            .matcher(parsed)
            .results()
            .map(OtherLanguagesTest::field)
            .toList();
    assertThat(fields).isEqualTo(opensslFields(template.execution()));
  }

  private static String field(MatchResult match) {
    String value = match.group(1);
    return value != null ? value : "[" + match.group(2) + "]";
  }

  private static List<String> opensslFields(ExecutionFacts facts) {
    List<String> fields = new ArrayList<>();
    fields.add("01");
    Stream.of(facts.ownerId(), facts.agentId(), facts.executionId())
        .forEach(id -> fields.add(HexFormat.of().withUpperCase().formatHex(id.bytes())));
    Stream.of(facts.kind().label(), facts.code().label(), facts.isolation().label())
        .forEach(label -> fields.add("0" + NUMBERS.get(label)));
    fields.add(HexFormat.of().withUpperCase().toHexDigits((byte) facts.depth()));
    fields.add(upper(facts.attestation()));
    facts.parent().ifPresent(_ -> fields.add("[0]"));
    facts.workflow().ifPresent(_ -> fields.add("[1]"));
    facts.task().ifPresent(_ -> fields.add("[2]"));
    facts.delegator().ifPresent(_ -> fields.add("[3]"));
    facts.grant().ifPresent(_ -> fields.add("[4]"));
    return fields;
  }

  private static String upper(Sha256 digest) {
    return HexFormat.of().withUpperCase().formatHex(digest.bytes());
  }

  @Test
  @DisplayName("XC-01 XC-03 XC-08 OpenSSL, Go and Python read the authority's certificate")
  void allReadTheAuthority() throws Exception {
    Tool.assumeInstalled("openssl");
    String text = Tool.run(folder, "openssl", "x509", "-in", "authority.pem", "-noout", "-text");
    assertThat(text)
        .containsPattern("Basic Constraints: critical\\s+CA:TRUE, pathlen:0")
        .containsPattern("Key Usage: critical\\s+Certificate Sign, CRL Sign\\n")
        .containsPattern("URI:spiffe://example.org\\n");
    Tool.assumeInstalled("python3");
    String program = resource("read_certificate.py").toString();
    assertThat(Tool.run(folder, "python3", program, "authority.der"))
        .contains("uri=spiffe://example.org\n", "ca=true\n");
    Tool.assumeInstalled("go");
    String go = resource("read_certificate.go").toString();
    String seconds = Long.toString(World.NOW.getEpochSecond());
    assertThat(Tool.run(folder, "go", "run", go, "authority.der", "authority.der", seconds))
        .contains("uri=spiffe://example.org\n", "ca=true\n", "key_usage=96\n");
  }
}

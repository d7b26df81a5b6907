package dev.credence.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Times;
import java.io.PrintWriter;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What one certificate says, for people and as JSON.
record SvidView(Times times, Instant now, X509Certificate leaf) {

  private static final int URI = 6;
  private static final int DNS = 2;

  Consumer<PrintWriter> sheet() {
    var sheet = new Sheet();
    identity().forEach((key, value) -> sheet.line(key, value));
    var facts = facts();
    if (!facts.isEmpty()) {
      sheet.section("Execution");
      facts.forEach((key, value) -> sheet.line(key, value));
    }
    return sheet::print;
  }

  Struct json() {
    var struct = struct(identity());
    var facts = facts();
    if (!facts.isEmpty()) {
      struct.putFields("execution", Value.newBuilder().setStructValue(struct(facts)).build());
    }
    return struct.build();
  }

  private Map<String, String> identity() {
    var lines = new LinkedHashMap<String, String>();
    lines.put("SPIFFE ID", String.join(", ", names(URI)));
    lines.put("Subject", leaf.getSubjectX500Principal().getName());
    lines.put("DNS names", String.join(", ", names(DNS)));
    lines.put("Valid from", times.format(leaf.getNotBefore().toInstant()));
    lines.put("Valid until", times.format(leaf.getNotAfter().toInstant()));
    lines.put("State", state());
    lines.put("Serial", Certificates.serialHex(leaf));
    lines.put(
        "Key", leaf.getPublicKey().getAlgorithm() + ", SHA-256 " + Certificates.spkiDigest(leaf));
    lines.put("Issuer", leaf.getIssuerX500Principal().getName());
    return lines;
  }

  private String state() {
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      return "not yet valid";
    }
    return now.isAfter(leaf.getNotAfter().toInstant()) ? "expired" : "within its validity";
  }

  private Map<String, String> facts() {
    try {
      return ExecutionFacts.of(leaf).map(SvidView::lines).orElse(Map.of());
    } catch (SvidException e) {
      return Map.of("Unreadable", String.valueOf(e.getMessage()));
    }
  }

  /// The facts about an execution, by their labels.
  static Map<String, String> lines(ExecutionFacts facts) {
    var lines = new LinkedHashMap<String, String>();
    lines.put("Execution", facts.executionId().toString());
    lines.put("Kind", facts.kind().label());
    lines.put("Owner id", facts.ownerId().toString());
    lines.put("Subject id", facts.agentId().toString());
    lines.put("Parent", text(facts.parent()));
    lines.put("Workflow", text(facts.workflow()));
    lines.put("Task digest", text(facts.task()));
    lines.put("Delegator digest", text(facts.delegator()));
    lines.put("Grant digest", text(facts.grant()));
    lines.put("Attestation digest", digest(facts.attestation()));
    lines.put("Code", facts.code().label());
    lines.put("Isolation", facts.isolation().label());
    lines.put("Depth", Integer.toString(facts.depth()));
    lines.put("Version", Integer.toString(facts.version()));
    return lines;
  }

  private static String digest(Sha256 digest) {
    return digest.toString();
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("");
  }

  private List<String> names(int type) {
    try {
      return Optional.ofNullable(leaf.getSubjectAlternativeNames())
          .<Collection<List<?>>>map(names -> names)
          .orElse(List.of())
          .stream()
          .filter(name -> name.getFirst().equals(type))
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateParsingException _) {
      return List.of();
    }
  }

  static Struct.Builder struct(Map<String, String> lines) {
    var struct = Struct.newBuilder();
    lines.forEach((key, value) ->
        struct.putFields(JsonNames.of(key), Value.newBuilder().setStringValue(value).build()));
    return struct;
  }
}

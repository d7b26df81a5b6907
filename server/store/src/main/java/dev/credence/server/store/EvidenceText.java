package dev.credence.server.store;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What was attested of a process, as a document:
/// `{"evidence":[{"code":..,"selector":..,"source":..}],"v":"1"}`. A property that does not speak
/// about code has no `code`.
final class EvidenceText {
  private EvidenceText() {}

  static String of(List<Evidence> evidence) {
    List<Json> items = new ArrayList<>();
    evidence.forEach(one -> items.add(json(one)));
    return Document.version("1").put("evidence", new Json.Items(items)).write();
  }

  static List<Evidence> parse(String stored) {
    Document document = Document.parse(stored, "1");
    List<Evidence> evidence = new ArrayList<>();
    document.items("evidence").forEach(item -> evidence.add(one(item)));
    document.requireAllRead();
    return evidence;
  }

  private static Json json(Evidence evidence) {
    Map<String, Json> fields = new TreeMap<>();
    fields.put("selector", new Json.Text(evidence.selector().toString()));
    fields.put("source", new Json.Text(evidence.source()));
    evidence.code().ifPresent(code -> fields.put("code", new Json.Text(code.label())));
    return Json.Fields.of(fields);
  }

  private static Evidence one(Json stored) {
    Document fields = Document.of(stored);
    Optional<CodeAssurance> code = fields.maybe("code").map(Texts::text).map(CodeAssurance::parse);
    Evidence evidence =
        new Evidence(Selector.parse(fields.text("selector")), code, fields.text("source"));
    fields.requireAllRead();
    return evidence;
  }
}

package dev.credence.server.store;

import dev.credence.server.core.model.Governance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The lists of a governance record as a document of version 1. Its single values are columns of
/// their own, since later queries ask for them (what is due for review, what expires).
final class GovernanceText {
  private GovernanceText() {}

  static String of(Governance governance) {
    List<Json> standing = new ArrayList<>();
    governance.authority().standing().forEach(line -> standing.add(json(line)));
    return Document.version("1")
        .put("tools", governance.scope().tools())
        .put("dataClasses", governance.scope().dataClasses())
        .put("roleCeiling", governance.authority().roleCeiling())
        .put("standingRoles", governance.authority().standingRoles())
        .put("standing", new Json.Items(standing))
        .put("boundaries", governance.approvals().boundaries())
        .put("approvers", governance.approvals().approvers())
        .write();
  }

  static Lists parse(String stored) {
    Document document = Document.parse(stored, "1");
    List<Governance.Standing> standing = new ArrayList<>();
    document.items("standing").forEach(item -> standing.add(line(item)));
    Lists lists =
        new Lists(
            document.texts("tools"),
            document.texts("dataClasses"),
            new Governance.Authority(
                document.texts("roleCeiling"), document.texts("standingRoles"), standing),
            new Governance.Approvals(document.texts("boundaries"), document.texts("approvers")));
    document.requireAllRead();
    return lists;
  }

  private static Json json(Governance.Standing line) {
    java.util.Map<String, Json> fields = new java.util.TreeMap<>();
    fields.put("task", new Json.Text(line.taskType()));
    fields.put("roles", Texts.json(line.roles()));
    fields.put("duration", new Json.Text(line.duration().toString()));
    fields.put("budget", new Json.Text(line.budget()));
    return Json.Fields.of(fields);
  }

  private static Governance.Standing line(Json stored) {
    Document fields = Document.of(stored);
    Governance.Standing line =
        new Governance.Standing(
            fields.text("task"),
            fields.texts("roles"),
            duration(fields.text("duration")),
            fields.text("budget"));
    fields.requireAllRead();
    return line;
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (java.time.format.DateTimeParseException e) {
      throw new IllegalArgumentException("stored duration (expected: ISO 8601)", e);
    }
  }

  /// What the document holds.
  record Lists(
      List<String> tools,
      List<String> dataClasses,
      Governance.Authority authority,
      Governance.Approvals approvals) {}
}
